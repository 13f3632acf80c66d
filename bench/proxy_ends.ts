/**
 * Viewer and server for the proxy's bench, run as a process of its own: it tells its parent where its servers listen, then
 * makes the transfers that it is asked for.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { schemesNamed } from "../auth/mod.ts";
import { RGBX8888 } from "../codec/pixel_format.ts";
import { joinServer } from "../endpoints/client.ts";
import { admitClient, type ServerTls } from "../endpoints/server.ts";
import { makeAuthority } from "../test/peers/certificates.ts";
import { connectTcp, listenTcp } from "../transports/node.ts";
import type { Transport } from "../transports/transport.ts";

/** What the parent is told first. */
export interface Ends {
  readonly ca: string;
  /** Servers without security, with VeNCrypt X509None, and without any inside of TLS: that one a pipe can reach. */
  readonly ports: { readonly none: number; readonly x509none: number; readonly tls: number };
}

/** What the parent asks for; the answer is the number of bytes that came. */
export interface Transfer {
  /** The port of what stands in between. */
  readonly relay: number;
  readonly server: keyof Ends["ports"];
  readonly to: "client" | "server";
  readonly bytes: number;
  /** Send noise, and compare a hash of what came with one of what was sent. */
  readonly hashed: boolean;
}

type Pair = Readonly<Record<Transfer["to"], Transport>>;

const authority = await makeAuthority();
const certificate = await authority.issue({ purpose: "server" });
const admitted = new Map<string, (transport: Transport) => void>();
const pairs = new Map<number, Promise<Pair>>();
const CHUNK = new Uint8Array(65536).fill(0x7f);

const ports = {
  none: await listen("none", "none"),
  x509none: await listen("x509none", "x509none", { tls: certificate }),
  tls: await listen("tls", "none", { tlsFromTheStart: certificate }),
};

process.on("message", (transfer: Transfer) => void carry(transfer).then((bytes) => process.send!(bytes)));
process.on("disconnect", () => process.exit());
process.send!({ ca: authority.cert, ports } satisfies Ends);

async function listen(
  server: Transfer["server"],
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

/** A viewer and a server that have passed security, and will carry all transfers through this relay. */
async function join({ relay, server }: Transfer): Promise<Pair> {
  const serverSide = new Promise<Transport>((resolve) => admitted.set(server, resolve));
  const client = await joinServer(await connectTcp({ host: "127.0.0.1", port: relay }), {
    authentication: { schemes: schemesNamed(["none"]), credentials: () => ({}) },
  });
  return { client: client.transport, server: await serverSide };
}

async function carry(transfer: Transfer): Promise<number> {
  const { relay, to, bytes, hashed } = transfer;
  if (!pairs.has(relay)) pairs.set(relay, join(transfer));
  const pair = await pairs.get(relay)!;
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
