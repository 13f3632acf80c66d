import {
  constants,
  createCipheriv,
  createHash,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import type { Transport } from "../../transports/transport.ts";
import { be16, be32, join, latin1 } from "../codec/bytes.ts";

// RSA-AES once more, from rfbproto's text and on OpenSSL alone, both roles in straight lines: what our own is measured with.

/** The types by number, and what differs between them. */
export const RA2_TYPES = {
  ra2: { number: 5, hash: "sha1", length: 16, sealsAll: true, rekeys: false },
  ra2ne: { number: 6, hash: "sha1", length: 16, sealsAll: false, rekeys: false },
  ra2r: { number: 13, hash: "sha1", length: 16, sealsAll: true, rekeys: true },
  ra2_256: { number: 129, hash: "sha256", length: 32, sealsAll: true, rekeys: false },
  ra2ne_256: { number: 130, hash: "sha256", length: 32, sealsAll: false, rekeys: false },
  ra2r_256: { number: 133, hash: "sha256", length: 32, sealsAll: true, rekeys: true },
} as const;

export type Ra2Name = keyof typeof RA2_TYPES;
type Ra2Type = (typeof RA2_TYPES)[Ra2Name];

/** Bytes of a connection, as many as are asked for. */
export interface Wire {
  read(length: number): Promise<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
}

/** What a peer says in the place of what it should. */
export interface Twists {
  readonly block?: (block: Uint8Array) => Uint8Array;
  /** Of the random as it goes over the wire, without its length. */
  readonly encryptedRandom?: (encrypted: Uint8Array) => Uint8Array;
  readonly hash?: (hash: Uint8Array) => Uint8Array;
  /** Of the frame that the hash is in. */
  readonly frame?: (frame: Uint8Array) => Uint8Array;
  readonly subtype?: number;
  readonly credentials?: Uint8Array;
  /**
   * More in the frame of the last message, which is the subtype or the credentials, and of a second round the random; and
   * frames behind it: in the same write, where all that they take is known by then.
   */
  readonly trailing?: Uint8Array;
  readonly ahead?: readonly Uint8Array[];
  /** Of the second round's random; and of the frame that it is in. */
  readonly random?: (random: Uint8Array) => Uint8Array;
  readonly randomFrame?: (frame: Uint8Array) => Uint8Array;
  /**
   * When the second round's random goes out: as soon as the credentials are through, which is so when absent; once the
   * other's has come; in one frame with the subtype or the credentials.
   */
  readonly order?: "first" | "last" | "joined";
  /** Where the write of that random, and of all that is with it, is cut in two. */
  readonly cut?: number;
  /** What does not change with the second round. */
  readonly keeps?: "keys" | "counts";
  /** The messages in frames of so many bytes, which fit none of them; an empty one ahead of each. */
  readonly frameLength?: number;
}

/** What the session goes on over, and what was said on the way. */
export interface Passed {
  readonly wire: Wire;
  readonly transport: Transport;
  readonly subtype: number;
  readonly username: string;
  readonly password: string;
  readonly fingerprint: string;
}

/** A client, from the first byte to its credentials; SecurityResult comes next. */
export async function passAsClient(
  transport: Transport,
  name: Ra2Name,
  credentials: { readonly username: string; readonly password: string },
  key: KeyObject,
  twists: Twists = {},
): Promise<Passed> {
  const type = RA2_TYPES[name];
  const raw = wireOver(transport);
  await raw.write(await raw.read(12));
  const [count] = await raw.read(1);
  if (!(await raw.read(count!)).includes(type.number)) throw new Error(`${name} was not offered`);
  await raw.write(Uint8Array.of(type.number));

  const serverBlock = await readBlock(raw);
  const clientBlock = (twists.block ?? same)(blockOf(key));
  await raw.write(clientBlock);
  const clientRandom = randomBytes(type.length);
  const encrypted = (twists.encryptedRandom ?? same)(encryptFor(serverBlock, clientRandom));
  await raw.write(join([be16(encrypted.length), encrypted]));
  const serverRandom = decryptWith(key, await readCounted(raw), type.length);

  const { clientKey, serverKey } = keysOf(type, clientRandom, serverRandom);
  const frames = framesOver(raw, clientKey, serverKey, twists);
  const hash = (twists.hash ?? same)(digest(type.hash, clientBlock, serverBlock));
  await frames.write(hash, twists.frame);
  const serverHash = digest(type.hash, serverBlock, clientBlock);
  if (!serverHash.equals(await frames.read(serverHash.length))) throw new Error("the server's hash is wrong");
  const [subtype] = await frames.read(1);
  const username = subtype === 1 ? Buffer.from(credentials.username) : Buffer.alloc(0);
  const password = Buffer.from(credentials.password);
  const message = join([Uint8Array.of(username.length), username, Uint8Array.of(password.length), password]);
  const second = randomBytes(type.length);
  await writeLast(frames, twists.credentials ?? message, type, second, twists);
  const last = await renewed(frames, raw, type, "client", second, twists);
  return {
    ...credentials,
    ...after(last, raw, transport, type.sealsAll),
    subtype: subtype!,
    fingerprint: fingerprintOf(serverBlock),
  };
}

/** A server, from the first byte to the client's credentials; SecurityResult comes next. */
export async function passAsServer(
  transport: Transport,
  name: Ra2Name,
  subtype: number,
  key: KeyObject,
  twists: Twists = {},
): Promise<Passed> {
  const type = RA2_TYPES[name];
  const raw = wireOver(transport);
  await raw.write(latin1("RFB 003.008\n"));
  await raw.read(12);
  await raw.write(Uint8Array.of(1, type.number));
  await raw.read(1);

  const serverBlock = (twists.block ?? same)(blockOf(key));
  await raw.write(serverBlock);
  const clientBlock = await readBlock(raw);
  const serverRandom = randomBytes(type.length);
  const encrypted = (twists.encryptedRandom ?? same)(encryptFor(clientBlock, serverRandom));
  await raw.write(join([be16(encrypted.length), encrypted]));
  const clientRandom = decryptWith(key, await readCounted(raw), type.length);

  const { clientKey, serverKey } = keysOf(type, clientRandom, serverRandom);
  const frames = framesOver(raw, serverKey, clientKey, twists);
  await frames.write((twists.hash ?? same)(digest(type.hash, serverBlock, clientBlock)), twists.frame);
  const clientHash = digest(type.hash, clientBlock, serverBlock);
  if (!clientHash.equals(await frames.read(clientHash.length))) throw new Error("the client's hash is wrong");
  const second = randomBytes(type.length);
  await writeLast(frames, Uint8Array.of(twists.subtype ?? subtype), type, second, twists);
  const username = await readText(frames);
  const password = await readText(frames);
  const fingerprint = fingerprintOf(serverBlock);
  const last = await renewed(frames, raw, type, "server", second, twists);
  return { ...after(last, raw, transport, type.sealsAll), subtype, username, password, fingerprint };
}

/** AES-EAX by its definition, on OpenSSL's AES. */
export function eaxOfOpenSsl(
  key: Uint8Array,
  nonce: Uint8Array,
  associated: Uint8Array,
  clear: Uint8Array,
): Uint8Array {
  const start = omac(key, 0, nonce);
  const cipher = createCipheriv(`aes-${key.length * 8}-ctr`, key, start);
  const ciphertext = Buffer.concat([cipher.update(clear), cipher.final()]);
  const tags = [start, omac(key, 1, associated), omac(key, 2, ciphertext)];
  return join([ciphertext, Uint8Array.from({ length: 16 }, (_, i) => tags[0]![i]! ^ tags[1]![i]! ^ tags[2]![i]!)]);
}

/** u32 bits, modulus, exponent. */
export function blockOf(key: KeyObject): Uint8Array {
  const { n, e } = createPublicKey(key).export({ format: "jwk" });
  const modulus = Buffer.from(n!, "base64url");
  const exponent = Buffer.from(e!, "base64url");
  const padding = new Uint8Array(modulus.length - exponent.length);
  return join([be32(key.asymmetricKeyDetails!.modulusLength!), modulus, padding, exponent]);
}

export function fingerprintOf(block: Uint8Array): string {
  return digest("sha1", block)
    .toString("hex")
    .slice(0, 16)
    .replaceAll(/..(?=.)/g, "$&-");
}

export function wireOver(transport: Transport): Wire {
  let held: Uint8Array = new Uint8Array(0);
  return {
    async read(length) {
      while (held.length < length) {
        const chunk = await transport.read();
        if (chunk === undefined) throw new Error(`the peer closed after ${held.length} bytes of ${length}`);
        held = join([held, chunk]);
      }
      const bytes = held.slice(0, length);
      held = held.slice(length);
      return bytes;
    },
    write: (bytes) => transport.write(bytes),
  };
}

function keysOf({ hash, length }: Ra2Type, clientRandom: Uint8Array, serverRandom: Uint8Array) {
  return {
    clientKey: digest(hash, serverRandom, clientRandom).subarray(0, length),
    serverKey: digest(hash, clientRandom, serverRandom).subarray(0, length),
  };
}

interface Frames {
  read(length: number): Promise<Uint8Array>;
  /** What was opened, and not read. */
  held(): Uint8Array;
  /** Frames that were sealed, and opened. */
  counts(): readonly [number, number];
  seal(message: Uint8Array): Uint8Array;
  /** The messages as frames, in one write. */
  write(messages: Uint8Array | readonly Uint8Array[], twist?: (frames: Uint8Array) => Uint8Array): Promise<void>;
}

function framesOver(
  raw: Wire,
  sealing: Uint8Array,
  opening: Uint8Array,
  { frameLength }: Twists,
  counts: readonly [number, number] = [0, 0],
): Frames {
  let [sealed, opened] = counts;
  let held: Uint8Array = new Uint8Array(0);
  const frameOf = (clear: Uint8Array): Uint8Array => {
    const head = be16(clear.length);
    return join([head, eaxOfOpenSsl(sealing, nonceOf(sealed++), head, clear)]);
  };
  return {
    async read(length) {
      while (held.length < length) {
        const head = await raw.read(2);
        const size = (head[0]! << 8) | head[1]!;
        const rest = await raw.read(size + 16);
        const nonce = nonceOf(opened++);
        const decipher = createCipheriv(`aes-${opening.length * 8}-ctr`, opening, omac(opening, 0, nonce));
        const clear = decipher.update(rest.subarray(0, size));
        if (!Buffer.from(rest).equals(eaxOfOpenSsl(opening, nonce, head, clear))) throw new Error("a tag is wrong");
        held = join([held, clear]);
      }
      const bytes = held.slice(0, length);
      held = held.slice(length);
      return bytes;
    },
    held: () => held,
    counts: () => [sealed, opened],
    seal: (message) => join(framesOf(message)),
    async write(messages, twist = same) {
      const all = messages instanceof Uint8Array ? [messages] : messages;
      await raw.write(twist(join(all.flatMap(framesOf))));
    },
  };

  function framesOf(message: Uint8Array): Uint8Array[] {
    if (frameLength === undefined) return [frameOf(message)];
    const frames = [frameOf(new Uint8Array(0))];
    for (let at = 0; at < message.length; at += frameLength) {
      frames.push(frameOf(message.subarray(at, at + frameLength)));
    }
    return frames;
  }
}

function writeLast(
  frames: Frames,
  message: Uint8Array,
  { rekeys }: Ra2Type,
  ours: Uint8Array,
  { trailing = NOTHING, ahead = [], order }: Twists,
): Promise<void> {
  if (rekeys) return frames.write(order === "joined" ? join([message, ours]) : message);
  return frames.write([join([message, trailing]), ...ahead]);
}

/** The frames that hold after the second round, where the type has one. */
async function renewed(
  frames: Frames,
  raw: Wire,
  type: Ra2Type,
  role: "client" | "server",
  ours: Uint8Array,
  twists: Twists,
): Promise<Frames> {
  if (!type.rekeys) return frames;
  const { random = same, randomFrame = same, trailing = NOTHING, ahead = [], cut, keeps } = twists;
  const { order = ahead.length > 0 ? "last" : "first" } = twists;
  const sealed = () => randomFrame(frames.seal(join([random(ours), trailing])));
  if (order === "first") await raw.write(sealed());
  const theirs = await frames.read(type.length);
  if (frames.held().length > 0) throw new Error("the random does not fill its frame");
  const { clientKey, serverKey } = role === "client" ? keysOf(type, ours, theirs) : keysOf(type, theirs, ours);
  const [sealing, opening] = role === "client" ? [clientKey, serverKey] : [serverKey, clientKey];
  const counts = keeps === "counts" ? frames.counts() : undefined;
  const next = keeps === "keys" ? frames : framesOver(raw, sealing, opening, twists, counts);
  const last = join([...(order === "last" ? [sealed()] : []), ...ahead.map(next.seal)]);
  await raw.write(last.slice(0, cut));
  if (cut !== undefined) await raw.write(last.slice(cut));
  return next;
}

function after(frames: Frames, raw: Wire, transport: Transport, sealsAll: boolean) {
  return { wire: sealsAll ? { read: frames.read, write: (bytes: Uint8Array) => frames.write(bytes) } : raw, transport };
}

async function readBlock(wire: Wire): Promise<Uint8Array> {
  const head = Buffer.from(await wire.read(4));
  return join([head, await wire.read(2 * Math.ceil(head.readUInt32BE() / 8))]);
}

async function readCounted(wire: Wire): Promise<Uint8Array> {
  return await wire.read(Buffer.from(await wire.read(2)).readUInt16BE());
}

async function readText(wire: Pick<Wire, "read">): Promise<string> {
  const [length] = await wire.read(1);
  return Buffer.from(await wire.read(length!)).toString();
}

function encryptFor(block: Uint8Array, random: Uint8Array): Uint8Array {
  const length = (block.length - 4) / 2;
  const [n, e] = [block.subarray(4, 4 + length), block.subarray(4 + length)].map((number) =>
    Buffer.from(number).toString("base64url"),
  );
  const key = createPublicKey({ key: { kty: "RSA", n: n!, e: e! }, format: "jwk" });
  return Uint8Array.from(publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, random));
}

/** RFC 8017 §7.2.2, by hand: OpenSSL may not be asked for it any more. */
function decryptWith(key: KeyObject, encrypted: Uint8Array, length: number): Uint8Array {
  const padded = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, encrypted);
  const separator = padded.indexOf(0, 2);
  if (padded[0] !== 0 || padded[1] !== 2 || separator < 10) throw new Error("a padding is wrong");
  if (padded.length - separator - 1 !== length) throw new Error(`a random of ${padded.length - separator - 1} bytes`);
  return padded.subarray(separator + 1);
}

function digest(hash: string, ...parts: readonly Uint8Array[]): Buffer {
  return createHash(hash).update(join(parts)).digest();
}

function nonceOf(count: number): Uint8Array {
  const nonce = Buffer.alloc(16);
  nonce.writeUInt32LE(count);
  return nonce;
}

/** OMAC1 over a block that says `use`, and the message. */
function omac(key: Uint8Array, use: number, message: Uint8Array): Buffer {
  const mask = (1n << 128n) - 1n;
  const double = (block: bigint): bigint => ((block << 1n) & mask) ^ (block >> 127n === 1n ? 0x87n : 0n);
  const zero = Buffer.alloc(16);
  const single = double(BigInt(`0x${encryptCbc(key, zero).toString("hex")}`));
  const whole = message.length % 16 === 0;
  const padded = join([
    Buffer.alloc(15),
    Uint8Array.of(use),
    message,
    ...(whole ? [] : [Uint8Array.of(0x80), new Uint8Array(15 - (message.length % 16))]),
  ]);
  const last = BigInt(`0x${Buffer.from(padded.subarray(-16)).toString("hex")}`) ^ (whole ? single : double(single));
  padded.set(Buffer.from(last.toString(16).padStart(32, "0"), "hex"), padded.length - 16);
  return encryptCbc(key, padded).subarray(-16);
}

function encryptCbc(key: Uint8Array, bytes: Uint8Array): Buffer {
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, Buffer.alloc(16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}

function same(bytes: Uint8Array): Uint8Array {
  return bytes;
}

const NOTHING: Uint8Array = new Uint8Array(0);
