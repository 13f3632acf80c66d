/**
 * Feeds hostile streams to one end, in a process of its own, and says how much memory it took: a line of JSON for each.
 *
 *     node --expose-gc --max-semi-space-size=1 --import tsx test/limits/measured.ts framebuffer 65536
 *
 * @module
 */

import { inflateClipboard } from "../../codec/clipboard.ts";
import { RfbError } from "../../codec/errors.ts";
import { createFramebuffer } from "../../codec/framebuffer.ts";
import { createClientFramer, createServerFramer } from "../../codec/framer.ts";
import { createClientHandshake } from "../../codec/handshake/client_handshake.ts";
import { decodeVencryptPlain, extentOfVencryptPlain, take } from "../../codec/handshake/mod.ts";
import { createServerHandshake } from "../../codec/handshake/server_handshake.ts";
import { DEFAULT_LIMITS } from "../../codec/limits.ts";
import { observe, type Session, type SessionEvent } from "../../codec/session.ts";
import type { Input } from "../../codec/wire.ts";
import { nodeCompression } from "../../compression/node.ts";
import { hex, join, latin1 } from "../codec/bytes.ts";
import {
  FROM_CLIENT,
  FROM_CLIENT_IN_HANDSHAKE,
  FROM_SERVER,
  FROM_SERVER_IN_HANDSHAKE,
  type Hostile,
} from "./hostile.ts";

/** What came of one stream. Bytes above what the process had before it. */
export interface Measured {
  readonly name: string;
  /** It has to be. */
  readonly isRefused: boolean;
  /** The fault's code, if the stream was refused. */
  readonly code: string | undefined;
  /** Bytes that were fed. */
  readonly fed: number;
  readonly rss: number;
  readonly heap: number;
  /** Those of typed arrays. */
  readonly arrays: number;
}

/** Takes bytes, and throws an RfbError once they are refused. */
interface Victim {
  feed(bytes: Uint8Array): void | Promise<void>;
  end?(): Promise<void>;
}

const [kind = "", pieceLength = ""] = process.argv.slice(2);
const piece = Number(pieceLength);
// Single bytes take much longer.
const garbageLength = piece === 1 ? 2 ** 16 : 3 * 2 ** 20;
const GARBAGE = [
  // Empty updates, each of which a client answers.
  ["zeros", new Uint8Array(kind === "client" ? Math.min(garbageLength, 2 ** 18) : garbageLength)],
  ["noise", noise(garbageLength)],
] as const;
const compression = await nodeCompression();
const VERSION = latin1("RFB 003.008\n");
const SERVER_INIT = hex("0200 0100 20 18 00 01 00ff 00ff 00ff 00 08 10 000000 00000000");

const streams = streamsFor(kind);
// Code and its compiled forms take memory of their own: first come short runs.
for (const stream of streams) await run(stream, GARBAGE[1][1].subarray(0, 4096), () => {});
collect();
const idle = process.memoryUsage();
for (const stream of streams) {
  for (const [garbageName, garbage] of stream.isRefused ? GARBAGE.slice(1) : GARBAGE) {
    const peak = { rss: 0, heap: 0, arrays: 0 };
    const look = (): number => {
      const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
      peak.rss = Math.max(peak.rss, rss - idle.rss);
      return Math.max(heapUsed - idle.heapUsed, arrayBuffers - idle.arrayBuffers);
    };
    // What nobody refers to is not held by a claim, and its collector waits for 64 MB of it: it is sent for here.
    const sample = (): void => {
      if (look() > 2 ** 21) collect();
      look();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      peak.heap = Math.max(peak.heap, heapUsed - idle.heapUsed);
      peak.arrays = Math.max(peak.arrays, arrayBuffers - idle.arrayBuffers);
    };
    const { code, fed } = await run(stream, garbage, sample);
    const name = `${stream.name}, then ${garbageName}`;
    const { isRefused } = stream;
    console.log(JSON.stringify({ name, isRefused, code, fed, ...peak } satisfies Measured));
  }
}

/** The collector leaves the memory of typed arrays to another thread, which its next run waits for. */
function collect(): void {
  gc!();
  gc!();
}

function streamsFor(name: string): readonly Hostile[] {
  const { session } = FROM_SERVER[0]!;
  switch (name) {
    case "handshake":
      return FROM_SERVER_IN_HANDSHAKE.map((of) => ({ ...of, head: join([VERSION, of.head]), session }));
    case "client framer":
      return FROM_CLIENT;
    case "server handshake":
      return FROM_CLIENT_IN_HANDSHAKE.map((of) => ({ ...of, head: join([VERSION, hex("01"), of.head]), session }));
    case "client":
      // The client's session begins at ServerInit, and standard messages are what it knows.
      return FROM_SERVER.filter(
        ({ session: of }) => of.dialect === "standard" && of.phase === "normal" && of.framebufferWidth === 512,
      );
    default:
      return FROM_SERVER;
  }
}

async function run(
  { head, session }: Hostile,
  garbage: Uint8Array,
  sample: () => void,
): Promise<{ code: string | undefined; fed: number }> {
  const victim = await victimOf(session);
  let fed = 0;
  let code: string | undefined;
  let sinceSample = 0;
  // A transport cuts by itself.
  const step = kind === "client" ? Math.max(piece, 4096) : piece;
  let afterwards = 2 ** 20 / step;
  for (const bytes of [head, garbage]) {
    for (let at = 0; at < bytes.length; at += step) {
      // A stream that was refused goes on for a while: what comes after is not to be kept.
      if (code !== undefined && --afterwards < 0) break;
      const chunk = bytes.subarray(at, at + step);
      fed += chunk.length;
      try {
        await victim.feed(chunk);
      } catch (error) {
        if (!(error instanceof RfbError)) throw error;
        code = error.code;
      }
      sinceSample += chunk.length;
      if (sinceSample < 2 ** 18) continue;
      sinceSample = 0;
      sample();
    }
  }
  try {
    await victim.end?.();
  } catch (error) {
    if (!(error instanceof RfbError)) throw error;
    code = error.code;
  }
  sample();
  return { code, fed };
}

async function victimOf(session: Session): Promise<Victim> {
  switch (kind) {
    case "framebuffer":
      return framebufferVictim(session);
    case "client framer":
      return clientFramerVictim(session);
    case "handshake":
      return handshakeVictim();
    case "server handshake":
      return serverHandshakeVictim();
    case "client":
      return await clientVictim();
    default:
      throw new TypeError(`Cannot measure ${kind}`);
  }
}

function framebufferVictim(start: Session): Victim {
  const framer = createServerFramer();
  const framebuffer = createFramebuffer({ compression });
  let session = start;
  return {
    feed(bytes) {
      framer.push(bytes);
      for (let event = framer.next(session); event !== undefined; event = framer.next(session)) {
        session = observe(session, "server", event);
        framebuffer.apply(event, session);
        if (event.type !== "extendedServerCutText" || event.deflated.length === 0) continue;
        inflateClipboard(event, compression.createInflater(), undefined, 1);
      }
    },
  };
}

function clientFramerVictim(start: Session): Victim {
  const framer = createClientFramer();
  let session = start;
  return {
    feed(bytes) {
      framer.push(bytes);
      for (let event = framer.next(session); event !== undefined; event = framer.next(session)) {
        session = observe(session, "client", event as SessionEvent);
      }
    },
  };
}

function handshakeVictim(): Victim {
  const handshake = createClientHandshake();
  return {
    feed(bytes) {
      handshake.push(bytes);
      for (let step = handshake.next(); step !== undefined; step = handshake.next()) {
        if (step.type === "authenticate") handshake.respond(step.securityTypes[0]!, { next: () => ({ type: "done" }) });
        if (step.type === "done") return;
      }
    },
  };
}

function serverHandshakeVictim(): Victim {
  const handshake = createServerHandshake();
  return {
    feed(bytes) {
      handshake.push(bytes);
      for (let step = handshake.next(); step !== undefined; step = handshake.next()) {
        if (step.type === "offer") handshake.offer([1]);
        if (step.type === "authenticate") handshake.respond({ next: readPlain });
        if (step.type === "authorise" || step.type === "done") return;
      }
    },
  };
}

/** User and password in clear: the longest that a client says before it is let in. */
function readPlain(input: Input): { readonly type: "done" } | undefined {
  const message = take(input, extentOfVencryptPlain, decodeVencryptPlain, DEFAULT_LIMITS);
  return message === undefined ? undefined : { type: "done" };
}

async function clientVictim(): Promise<Victim> {
  // Here, so that the other kinds do not carry it.
  const { schemesNamed } = await import("../../auth/mod.ts");
  const { createRfbClient, joinServer } = await import("../../endpoints/mod.ts");
  const { createMemoryPair } = await import("../../transports/memory.ts");
  const [near, far] = createMemoryPair({ chunk: piece });
  const joining = joinServer(near, { authentication: { schemes: schemesNamed(["none"]), credentials: () => ({}) } });
  await far.write(join([VERSION, hex("01 01 00000000"), SERVER_INIT]));
  const client = createRfbClient(await joining, { compression });
  void drained(far);
  let failure: unknown;
  const watching = (async () => {
    for await (const _ of client);
  })().catch((error: unknown) => {
    failure = error;
  });
  return {
    async feed(bytes) {
      if (failure !== undefined) throw failure;
      // A client that has failed takes nothing: what it failed with is told next time.
      await far.write(bytes).catch(() => {});
    },
    async end() {
      await far.close();
      await watching;
      await client.close();
      if (failure !== undefined) throw failure;
    },
  };
}

async function drained(transport: { read(): Promise<Uint8Array | undefined> }): Promise<void> {
  while ((await transport.read()) !== undefined);
}

function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  });
}
