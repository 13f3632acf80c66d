/**
 * Viewer and server for the proxy's bench, run as a process of its own: it tells its parent where its servers listen, then
 * does what it is asked for, one thing after the other.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { WebSocket } from "ws";
import { schemesNamed } from "../auth/mod.ts";
import { RGBX8888 } from "../codec/pixel_format.ts";
import { joinServer } from "../endpoints/client.ts";
import { admitClient, type ServerTls } from "../endpoints/server.ts";
import { makeAuthority } from "../test/peers/certificates.ts";
import { connectTcp, listenTcp } from "../transports/node.ts";
import type { Transport } from "../transports/transport.ts";
import { connectWebSocket } from "../transports/websocket.ts";

/** What the parent is told first. */
export interface Ends {
  readonly ca: string;
  readonly ports: Readonly<Record<RfbServer | "handshake", number>>;
}

/**
 * Servers without security, with VeNCrypt X509None, and without any inside of TLS, where a pipe can reach them; the latter two
 * also with nothing above TLS 1.2. One more knows TLS alone, and says nothing in it.
 */
export type RfbServer = "none" | "x509none" | "x509none12" | "tls" | "tls12";

/** The way from viewer to server. */
export interface Way {
  /** Where what stands in between listens: `tcp://127.0.0.1:40312`, or the URL of a WebSocket. */
  readonly relay: string;
  readonly server: RfbServer;
}

/** Sends so many bytes through each of so many connections, all at once; the answer is how many came in all. */
export interface Transfer extends Way {
  readonly task: "transfer";
  readonly to: "client" | "server";
  readonly bytes: number;
  readonly connections: number;
  /** Send noise, and compare a hash of what came with one of what was sent. */
  readonly hashed: boolean;
}

/** Connects so many times, one after the other, and answers with the milliseconds that it took up to ServerInit. */
export interface Join extends Way {
  readonly task: "join";
  readonly count: number;
  /** Leave them open. */
  readonly keep: boolean;
}

type Pair = Readonly<Record<Transfer["to"], Transport>>;

const authority = await makeAuthority();
const certificate = await authority.issue({ purpose: "server" });
const admitted = new Map<string, (transport: Transport) => void>();
const pairs = new Map<string, Pair[]>();
const CHUNK = new Uint8Array(65536).fill(0x7f);
const HOST = "127.0.0.1";

const ports = {
  none: await listen("none", "none"),
  x509none: await listen("x509none", "x509none", { tls: certificate }),
  x509none12: await listen("x509none12", "x509none", { tls: { ...certificate, maxVersion: "1.2" } }),
  tls: await listen("tls", "none", { tlsFromTheStart: certificate }),
  tls12: await listen("tls12", "none", { tlsFromTheStart: { ...certificate, maxVersion: "1.2" } }),
  handshake: (await listenTcp({ tls: certificate, onConnection: untilItCloses, onTlsFailure: () => {} })).port,
};

process.on("message", (task: Transfer | Join) => {
  void (task.task === "join" ? join(task) : carry(task)).then((answer) => process.send!(answer));
});
process.on("disconnect", () => process.exit());
process.send!({ ca: authority.cert, ports } satisfies Ends);

async function listen(
  server: RfbServer,
  scheme: string,
  { tls = {}, tlsFromTheStart }: { readonly tls?: ServerTls; readonly tlsFromTheStart?: ServerTls } = {},
): Promise<number> {
  const listener = await listenTcp({
    tls: tlsFromTheStart,
    onConnection: async (connection) => {
      const { transport } = await admitClient(connection, {
        authentication: { schemes: schemesNamed([scheme]), verifier: {} },
        tls,
        serverInit: {
          framebufferWidth: 1920,
          framebufferHeight: 1080,
          serverPixelFormat: RGBX8888,
          name: new Uint8Array(0),
        },
      });
      admitted.get(server)!(transport);
    },
  });
  return listener.port;
}

async function untilItCloses(transport: Transport): Promise<void> {
  try {
    while ((await transport.read()) !== undefined);
  } catch {} // it broke off: that is as good
  transport.abort();
}

/** A viewer and a server that have passed security. */
async function pairOver({ relay, server }: Way): Promise<Pair> {
  const serverSide = new Promise<Transport>((resolve) => admitted.set(server, resolve));
  const { protocol, port } = new URL(relay);
  const transport =
    protocol === "tcp:"
      ? await connectTcp({ host: HOST, port: Number(port) })
      : await connectWebSocket(relay, { WebSocket });
  const client = await joinServer(transport, {
    authentication: { schemes: schemesNamed(["none"]), credentials: () => ({}) },
  });
  return { client: client.transport, server: await serverSide };
}

async function join(task: Join): Promise<number> {
  let milliseconds = 0;
  for (let i = 0; i < task.count; i++) {
    const began = performance.now();
    const pair = await pairOver(task);
    milliseconds += performance.now() - began;
    if (task.keep) kept.push(pair);
    else await Promise.all([pair.client.close(), pair.server.close()]);
  }
  return milliseconds;
}

const kept: Pair[] = [];

/** The same connections carry all transfers through a relay. */
async function carry(transfer: Transfer): Promise<number> {
  const { relay, connections } = transfer;
  const open = pairs.get(relay) ?? [];
  pairs.set(relay, open);
  while (open.length < connections) open.push(await pairOver(transfer));
  const counts = await Promise.all(open.slice(0, connections).map((pair) => carryOver(pair, transfer)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function carryOver(pair: Pair, { to, bytes, hashed }: Transfer): Promise<number> {
  const [sent, came] = [createHash("sha256"), createHash("sha256")];
  const [, count] = await Promise.all([send(), receive()]);
  if (hashed && sent.digest("hex") !== came.digest("hex")) throw new Error("What came is not what was sent");
  return count;

  async function send(): Promise<void> {
    const from = pair[to === "client" ? "server" : "client"];
    for (let left = bytes; left > 0; left -= CHUNK.length) {
      const chunk = (hashed ? crypto.getRandomValues(new Uint8Array(CHUNK.length)) : CHUNK).subarray(0, left);
      if (hashed) sent.update(chunk);
      await from.write(chunk);
    }
  }

  async function receive(): Promise<number> {
    let count = 0;
    while (count < bytes) {
      const chunk = await pair[to].read();
      if (chunk === undefined) throw new Error(`The connection ended after ${count} bytes of ${bytes}`);
      if (hashed) came.update(chunk);
      count += chunk.length;
    }
    return count;
  }
}
