/**
 * What the proxy carries, over real sockets, against a pipe that understands nothing and against other people's proxies.
 * Viewer and server, the same for all, are in a process of their own; only what stands in between differs.
 *
 * @module
 */

import { connect as connectTls, createSecureContext } from "node:tls";
import type { Contest, LeftOut } from "./measure.ts";
import type { RfbServer, Transfer, Way } from "./proxy_ends.ts";
import { HOST, type ProxyBench } from "./proxy_parent.ts";
import { novaMissing, startNova, startWebsockify, websockifyMissing } from "./proxy_peers.ts";

/** Our relay beside a plain pipe: viewers come to both over TCP, and to ours over WebSockets as well. */
export async function* proxyAgainstPipes(bench: ProxyBench, quick: boolean): AsyncGenerator<Contest> {
  const bytes = (quick ? 2 : 128) * MIB;
  for (const { name, scheme, peer, piped } of PIPES) {
    const theirs = { server: piped, relay: await bench.pipe(piped) };
    for (const [listen, goal] of LISTENING) {
      const ours = { server: scheme, relay: await bench.proxy(scheme, listen) };
      for (const to of ["client", "server"] as const) {
        const stream = `${name}${listen === "ws" ? " to ws" : ""}, to the ${to}`;
        yield await transferContest(bench, { stream, peer, goal, to, bytes, ours, theirs });
      }
    }
  }
}

const PIPES = [
  { name: "None", scheme: "none", peer: "net pipe", piped: "none" },
  { name: "X509None", scheme: "x509none", peer: "tls pipe", piped: "tls" },
] as const;

/** By how viewers come; they come to the pipe over TCP. */
const LISTENING = [
  ["tcp", 0.85],
  ["ws", 0.5],
] as const;

/**
 * TLS 1.2 to the server and a WebSocket to the viewer, beside programs that do it. Nova's does all that ours does. websockify speaks
 * no RFB: it reaches a server inside of TLS from the first byte, and does not look at its certificate. Neither gets as far as
 * ServerInit in TLS 1.3: from a server's session tickets they read on until other bytes come.
 */
export async function* proxyAgainstProxies(bench: ProxyBench, quick: boolean): AsyncGenerator<Contest | LeftOut> {
  const others = [
    { peer: "websockify", missing: websockifyMissing(), goal: 1, server: "tls12", start: startWebsockify },
    { peer: "Nova's proxy", missing: novaMissing(), goal: 2, server: "x509none12", start: startNova },
  ] as const;
  const bytes = (quick ? 2 : 32) * MIB;
  const ours: Way = { server: "x509none12", relay: await bench.proxy("x509none12", "ws") };
  for (const { peer, missing, goal, server, start } of others) {
    const streams = (["client", "server"] as const).map((to) => ({ to, stream: `X509None to ws, to the ${to}` }));
    if (missing !== undefined) {
      for (const { stream } of streams) yield { what: "proxy", stream, peer, why: missing };
      continue;
    }
    const theirs = { server, relay: await start(bench) };
    for (const { to, stream } of streams) {
      yield await transferContest(bench, { stream, peer, goal, to, bytes, ours, theirs });
    }
  }
}

interface Carried extends Pick<Contest, "stream" | "peer" | "goal">, Pick<Transfer, "to" | "bytes"> {
  readonly ours: Way;
  readonly theirs: Way;
}

/** A row of bulk, once all bytes have shown that they arrive: with a hash, which the timed ones are not slowed by. */
async function transferContest(
  { ask }: ProxyBench,
  { stream, peer, goal, to, bytes, ours, theirs }: Carried,
): Promise<Contest> {
  const transfer = (way: Way, bytes: number, hashed = false): Promise<number> =>
    ask({ task: "transfer", ...way, to, bytes, connections: 1, hashed });
  for (const way of [ours, theirs]) await transfer(way, HASHED, true);
  return {
    what: "proxy",
    stream,
    chunk: "64 KiB",
    peer,
    goal,
    unit: "MB/s",
    amount: bytes,
    expected: bytes,
    ours: () => transfer(ours, bytes),
    theirs: () => transfer(theirs, bytes),
  };
}

/**
 * From connect to ServerInit through our proxy, which dials the server and passes VeNCrypt and TLS meanwhile, beside a
 * connection and its TLS handshake alone. 1.3 times the time is 1 / 1.3 of the rate.
 */
export async function* proxyConnecting(bench: ProxyBench): AsyncGenerator<Contest> {
  const { ca, ports } = bench.ends;
  const secureContext = createSecureContext({ ca });
  const handshake = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const began = performance.now();
      const socket = connectTls({ host: HOST, port: ports.handshake, secureContext }, () => {
        const took = performance.now() - began;
        socket.once("close", () => resolve(took)).destroy();
      });
      socket.once("error", reject);
    });
  for (const listen of ["tcp", "ws"] as const) {
    const way = { server: "x509none" as RfbServer, relay: await bench.proxy("x509none", listen) };
    yield {
      what: "proxy, connecting",
      stream: `X509None${listen === "ws" ? " to ws" : ""}, up to ServerInit`,
      chunk: "whole",
      peer: "TLS handshake",
      goal: 1 / 1.3,
      unit: "connections/s",
      amount: 1,
      expected: 1,
      ours: {
        run: async (count) => ({
          milliseconds: await bench.ask({ task: "join", ...way, count, keep: false }),
          answer: 1,
        }),
      },
      theirs: {
        async run(count) {
          let milliseconds = 0;
          for (let i = 0; i < count; i++) milliseconds += await handshake();
          return { milliseconds, answer: 1 };
        },
      },
    };
  }
}

const MIB = 2 ** 20;
const HASHED = 2 * MIB + 1;
