import { numberToBytesBE } from "@noble/ciphers/utils.js";
import { concat } from "@std/bytes";
import { RfbError } from "../codec/errors.ts";
import type { Exchange } from "../codec/handshake/exchange.ts";
import {
  decodeRa2Credentials,
  decodeRa2PublicKey,
  decodeRa2Random,
  decodeRa2Subtype,
  encodeRa2Credentials,
  encodeRa2PublicKey,
  encodeRa2Random,
  encodeRa2Subtype,
  extentOfRa2Credentials,
  extentOfRa2PublicKey,
  extentOfRa2Random,
  extentOfRa2Subtype,
  Ra2SubtypeNumber,
} from "../codec/handshake/ra2/mod.ts";
import { take } from "../codec/handshake/take.ts";
import type { Limits } from "../codec/limits.ts";
import { bytesOf } from "../codec/text.ts";
import { append, createInput, drain, type Input, view } from "../codec/wire.ts";
import { afterwards, DONE, reading, saying } from "./afterwards.ts";
import { equalInConstantTime } from "./constant_time.ts";
import { createFrameOpener, createFrameRecords, createFrameSealer } from "./ra2_frames.ts";
import { decryptPkcs1, encryptPkcs1, type RsaPrivateKey, rsaPublicKey } from "./rsa.ts";
import { generateRsaKey, rsaPrivateKey } from "./rsa_key.ts";
import type { ClientContext, ServerContext, Verifier } from "./scheme.ts";
import { checkTrust } from "./server_key.ts";
import { verifying } from "./verification.ts";

/** What tells the RSA-AES types from one another. */
export interface Ra2Kind {
  /** Of the keys on both sides, and of what the session's keys are made from. */
  readonly hash: "SHA-1" | "SHA-256";
  /**
   * Bytes of each random, in either round, and of an AES key. For the types of 256 bits rfbproto has randoms of 16, and all
   * that is in use 32.
   */
  readonly length: 16 | 32;
  /** Whether all that comes after is sealed too, from SecurityResult on. */
  readonly sealsAll: boolean;
  /** Whether there is a second round of keys, behind the credentials. */
  readonly rekeys: boolean;
}

export const RA2: Ra2Kind = { hash: "SHA-1", length: 16, sealsAll: true, rekeys: false };
export const RA2NE: Ra2Kind = { ...RA2, sealsAll: false };
export const RA2R: Ra2Kind = { ...RA2, rekeys: true };
export const RA2_256: Ra2Kind = { ...RA2, hash: "SHA-256", length: 32 };
export const RA2NE_256: Ra2Kind = { ...RA2_256, sealsAll: false };
export const RA2R_256: Ra2Kind = { ...RA2_256, rekeys: true };

/**
 * The client's side of RSA-AES, rfbproto "RSA-AES Security Type". It shows a key of its own, made for this one
 * connection, to no server whose key is not trusted.
 */
export function ra2Client(kind: Ra2Kind, context: ClientContext): Exchange {
  const { ask, random, limits } = context;
  return reading(readServerKey);

  function readServerKey(input: Input): Exchange | undefined {
    const message = take(input, extentOfRa2PublicKey, decodeRa2PublicKey, limits);
    if (message === undefined) return undefined;
    const theirs = rsaPublicKey(message.modulus, message.publicExponent);
    const serverBlock = encodeRa2PublicKey(message);
    return afterwards(async () => {
      await checkTrust(serverBlock, context);
      const ours = await rsaPrivateKey(await generateRsaKey());
      const clientBlock = blockOf(ours);
      const clientRandom = random(kind.length);
      const encryptedRandom = encodeRandom(encryptPkcs1(clientRandom, theirs, random));
      return saying(
        concat([clientBlock, encryptedRandom]),
        reading((more) => readServerRandom(more, ours, { serverBlock, clientBlock }, clientRandom)),
      );
    });
  }

  function readServerRandom(input: Input, ours: RsaPrivateKey, blocks: Blocks, clientRandom: Uint8Array) {
    const encrypted = takeRandom(input, ours, limits);
    if (encrypted === undefined) return undefined;
    const serverRandom = decryptPkcs1(encrypted, ours, kind.length, random);
    return afterwards(async () => {
      const channel = await channelBetween(kind, clientRandom, serverRandom, limits);
      const { clientHash, serverHash } = await hashes(kind, blocks);
      return saying(
        channel.seal(clientHash),
        readingHash(channel, serverHash, "server", () => reading((more) => readSubtype(more, channel))),
      );
    });
  }

  function readSubtype(input: Input, channel: Channel): Exchange | undefined {
    const message = channel.take(input, extentOfRa2Subtype, decodeRa2Subtype);
    if (message === undefined) return undefined;
    const { subtype } = message;
    if (subtype !== Ra2SubtypeNumber.UserPassword && subtype !== Ra2SubtypeNumber.Password) {
      throw new RfbError("malformed", "Cannot read an RSA-AES subtype", `${subtype} stands for nothing`);
    }
    const wantsUser = subtype === Ra2SubtypeNumber.UserPassword;
    return afterwards(async () => {
      const given = await ask(wantsUser ? ["username", "password"] : ["password"]);
      const username = credential("user name", wantsUser ? given.username! : "");
      const password = credential("password", given.password!);
      const credentials = encodeRa2Credentials({ type: "ra2Credentials", username, password });
      return saying(channel.seal(credentials), leaving(kind, channel, context, { next: () => DONE }));
    });
  }
}

/**
 * The server's side of RSA-AES, rfbproto "RSA-AES Security Type". It asks for user and password where the verifier has a
 * `verify`, else for the password alone.
 */
export function ra2Server(kind: Ra2Kind, context: ServerContext): Exchange {
  const { verifier, random, limits } = context;
  const { rsaKey } = verifier;
  if (rsaKey === undefined) throw new TypeError("Cannot serve RSA-AES: the verifier has no rsaKey");
  const check = credentialCheck(verifier);
  return afterwards(async () => {
    const ours = await rsaPrivateKey(rsaKey);
    const serverBlock = blockOf(ours);
    return saying(
      serverBlock,
      reading((input) => readClientKey(input, ours, serverBlock)),
    );
  });

  function readClientKey(input: Input, ours: RsaPrivateKey, serverBlock: Uint8Array): Exchange | undefined {
    const message = take(input, extentOfRa2PublicKey, decodeRa2PublicKey, limits);
    if (message === undefined) return undefined;
    const theirs = rsaPublicKey(message.modulus, message.publicExponent);
    const clientBlock = encodeRa2PublicKey(message);
    // Our own words would come back as theirs.
    if (equalInConstantTime(clientBlock, serverBlock)) {
      throw new RfbError("insecure", "Cannot pass RSA-AES", "the client shows our own key");
    }
    const serverRandom = random(kind.length);
    return saying(
      encodeRandom(encryptPkcs1(serverRandom, theirs, random)),
      reading((more) => readClientRandom(more, ours, { serverBlock, clientBlock }, serverRandom)),
    );
  }

  function readClientRandom(input: Input, ours: RsaPrivateKey, blocks: Blocks, serverRandom: Uint8Array) {
    const encrypted = takeRandom(input, ours, limits);
    if (encrypted === undefined) return undefined;
    const clientRandom = decryptPkcs1(encrypted, ours, kind.length, random);
    return afterwards(async () => {
      const channel = await channelBetween(kind, serverRandom, clientRandom, limits);
      const { clientHash, serverHash } = await hashes(kind, blocks);
      return saying(
        channel.seal(serverHash),
        readingHash(channel, clientHash, "client", () =>
          saying(
            channel.seal(encodeRa2Subtype({ type: "ra2Subtype", subtype: check.subtype })),
            reading((more) => readCredentials(more, channel)),
          ),
        ),
      );
    });
  }

  function readCredentials(input: Input, channel: Channel): Exchange | undefined {
    const message = channel.take(input, extentOfRa2Credentials, decodeRa2Credentials);
    if (message === undefined) return undefined;
    // The frames begin ahead of the verdict: they carry that as well.
    return leaving(kind, channel, context, check.run(message.username, message.password));
  }
}

/** Both public keys, as they went over the wire. */
interface Blocks {
  readonly serverBlock: Uint8Array;
  readonly clientBlock: Uint8Array;
}

/** What keys are made with, in either role. */
type KeyMeans = Pick<ServerContext, "random" | "limits">;

/** The frames that an exchange's own messages go in. They need not begin and end together. */
interface Channel {
  seal(bytes: Uint8Array): Uint8Array;
  open(input: Input): Uint8Array | undefined;
  take<Message>(
    input: Input,
    extentOf: (bytes: Uint8Array, at: number, end: number, limits: Limits) => number,
    decode: (bytes: Uint8Array, at: number) => Message,
  ): Message | undefined;
  /** As many bytes, whatever they stand for. */
  takeBytes(input: Input, length: number): Uint8Array | undefined;
  /** What was opened, and not taken. */
  rest(): Uint8Array;
}

/** Either side seals with the hash of its peer's random and its own, in this order: the roles need not be told apart. */
async function channelBetween(
  { hash, length }: Ra2Kind,
  ours: Uint8Array,
  theirs: Uint8Array,
  limits: Limits,
): Promise<Channel> {
  const [sealing, opening] = await Promise.all([
    digestOf(hash, concat([theirs, ours])),
    digestOf(hash, concat([ours, theirs])),
  ]);
  return createChannel(sealing.subarray(0, length), opening.subarray(0, length), limits);
}

function createChannel(sealingKey: Uint8Array, openingKey: Uint8Array, limits: Limits): Channel {
  const open = createFrameOpener(openingKey);
  const opened = createInput();
  const channel: Channel = {
    seal: createFrameSealer(sealingKey),
    open,
    take(input, extentOf, decode) {
      for (;;) {
        const message = take(opened, extentOf, decode, limits);
        if (message !== undefined) return message;
        const clear = open(input);
        if (clear === undefined) return undefined;
        append(opened, clear);
      }
    },
    takeBytes(input, length) {
      return channel.take(
        input,
        () => length,
        (bytes, at) => view(bytes, at, length),
      );
    },
    rest: () => drain(opened),
  };
  return channel;
}

function readingHash(channel: Channel, expected: Uint8Array, peer: string, onward: () => Exchange): Exchange {
  return reading((input) => {
    const hash = channel.takeBytes(input, expected.length);
    if (hash === undefined) return undefined;
    if (equalInConstantTime(hash, expected)) return onward();
    throw new RfbError("insecure", "Cannot pass RSA-AES", `the ${peer}'s hash is of other keys than went to and fro`);
  });
}

/** The end of the exchange's own frames: the connection's begin, or there are none any more. `onward` comes after. */
function leaving(kind: Ra2Kind, channel: Channel, context: KeyMeans, onward: Exchange): Exchange {
  if (kind.rekeys) return rekeying(kind, channel, context, (renewed) => ending(kind, renewed, onward));
  return ending(kind, channel, onward);
}

/**
 * The second round of keys, rfbproto "RSA-AES Two-step Security Type". Each side sends a random in a frame of the first keys:
 * as long as in the first round, and nothing tells its length. All behind it is under keys made of these two, and counted
 * from 0.
 *
 * Who begins is not said. So neither of our sides waits for the other: the client's random goes
 * right behind the credentials, the server's as soon as it has them. It checks them once the new keys are there, so that until
 * SecurityResult nothing tells how that went. The random fills a frame of its own, for peers that take no other. We were
 * tested with our own second implementation alone.
 */
function rekeying(
  kind: Ra2Kind,
  channel: Channel,
  { random, limits }: KeyMeans,
  onward: (renewed: Channel) => Exchange,
): Exchange {
  const ours = random(kind.length);
  return saying(
    channel.seal(ours),
    reading((input) => {
      const theirs = channel.takeBytes(input, kind.length);
      if (theirs === undefined) return undefined;
      refuseRest(channel, "the last frame of its first keys");
      return afterwards(async () => onward(await channelBetween(kind, ours, theirs, limits)));
    }),
  );
}

function ending({ sealsAll }: Ra2Kind, channel: Channel, onward: Exchange): Exchange {
  let ended = false;
  return {
    next(input) {
      if (ended) return onward.next(input);
      ended = true;
      if (sealsAll) {
        const records = createFrameRecords(channel.seal, channel.open, channel.rest(), drain(input));
        return { type: "startRecords", records };
      }
      refuseRest(channel, "its last frame");
      return onward.next(input);
    },
  };
}

/** @throws {RfbError} `trailing`: more was opened than taken, and there is nobody to read it */
function refuseRest(channel: Channel, frame: string): void {
  const { length } = channel.rest();
  if (length === 0) return;
  throw new RfbError("trailing", "Cannot pass RSA-AES", `${length} bytes are left in ${frame}`);
}

/** What the server asks for, and how it goes on with the answer. */
function credentialCheck({ verify, password }: Verifier): {
  readonly subtype: number;
  run(username: Uint8Array, password: Uint8Array): Exchange;
} {
  if (verify !== undefined) {
    return { subtype: Ra2SubtypeNumber.UserPassword, run: (user, word) => verifying(verify, user, word) };
  }
  if (password === undefined) {
    throw new TypeError("Cannot serve RSA-AES: the verifier has neither verify nor password");
  }
  return {
    subtype: Ra2SubtypeNumber.Password,
    run: (_user, given) =>
      afterwards(async () => {
        if (equalInConstantTime(given, bytesOf(await password()))) return { next: () => DONE };
        throw new RfbError("authentication", "Cannot let the client in", "wrong password");
      }),
  };
}

/** @throws {RangeError} more than a length of one byte can tell; it does not tell which text */
function credential(what: string, text: string): Uint8Array {
  const bytes = bytesOf(text);
  if (bytes.length <= 255) return bytes;
  throw new RangeError(`Cannot send a ${what} of ${bytes.length} bytes: RSA-AES has room for 255`);
}

async function hashes(
  { hash }: Ra2Kind,
  { serverBlock, clientBlock }: Blocks,
): Promise<{ readonly clientHash: Uint8Array; readonly serverHash: Uint8Array }> {
  const [clientHash, serverHash] = await Promise.all([
    digestOf(hash, concat([clientBlock, serverBlock])),
    digestOf(hash, concat([serverBlock, clientBlock])),
  ]);
  return { clientHash, serverHash };
}

async function digestOf(hash: Ra2Kind["hash"], bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(hash, Uint8Array.from(bytes)));
}

function blockOf({ keyLength, length, modulus, publicExponent }: RsaPrivateKey): Uint8Array {
  return encodeRa2PublicKey({
    type: "ra2PublicKey",
    keyLength,
    modulus: numberToBytesBE(modulus, length),
    publicExponent: numberToBytesBE(publicExponent, length),
  });
}

function encodeRandom(encryptedRandom: Uint8Array): Uint8Array {
  return encodeRa2Random({ type: "ra2Random", encryptedRandom });
}

function takeRandom(input: Input, { length }: RsaPrivateKey, limits: Limits): Uint8Array | undefined {
  const extentOf = (bytes: Uint8Array, at: number, end: number): number => extentOfRa2Random(bytes, at, end, length);
  return take(input, extentOf, decodeRa2Random, limits)?.encryptedRandom;
}
