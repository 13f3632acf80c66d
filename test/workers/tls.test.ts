// TLS from workerd: who is not to be trusted is refused, and nothing hangs.

import { createServer, type Server, type Socket } from "node:net";
import { type TlsOptions as NodeTlsOptions, TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Certificates, makeCertificates } from "../peers/certificates.ts";
import { stopSince } from "../peers/process.ts";
import { startTestWorker, type Workerd } from "./workerd.ts";

let certificates: Certificates;
let workerd: Workerd;
const servers: Server[] = [];

beforeAll(async () => {
  certificates = await makeCertificates();
  workerd = await startTestWorker("transports.worker.ts", certificates.ca, certificates.client);
}, 60_000);
afterAll(async () => {
  for (const server of servers) server.close();
  await stopSince();
});

/** What a Worker tells of a connection to this server under TLS, of which it reads once. */
async function outcome(serve: (socket: Socket) => void, query: Record<string, string> = {}): Promise<unknown> {
  const server = createServer(serve);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const tls = JSON.stringify({ role: "client", kind: "x509" });
  const search = new URLSearchParams({ port: `${port}`, tls, ...query });
  return (await fetch(`http://127.0.0.1:${workerd.port}/once?${search}`)).json();
}

/** Says "hello" once TLS is there. */
function greeting(options: NodeTlsOptions): (socket: Socket) => void {
  return (socket) => {
    const secured = new TLSSocket(socket, { isServer: true, ...options });
    secured.on("error", () => socket.destroy());
    secured.end("hello");
  };
}

const HELLO = { said: "hello", tls: {} };

describe("a server is trusted", () => {
  test.each(["localhost", "127.0.0.1"])("whose certificate is made out to %s, which was dialled", async (host) => {
    expect(await outcome(greeting(certificates.server), { host })).toMatchObject(HELLO);
  });

  test("as by everything that may be said of it", async () => {
    const tls = { role: "client", kind: "x509", serverName: "LOCALHOST", verifyHostname: true, minVersion: "1.2" };
    expect(await outcome(greeting(certificates.server), { tls: JSON.stringify(tls) })).toMatchObject(HELLO);
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)("with %s", async (version) => {
    const only = { minVersion: version, maxVersion: version };
    expect(await outcome(greeting({ ...certificates.server, ...only }))).toMatchObject(HELLO);
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)(
    "that demands a certificate of ours, with %s, through a network that has one",
    async (maxVersion) => {
      const demanding = { requestCert: true, rejectUnauthorized: true, ca: certificates.ca, maxVersion };
      const serve = greeting({ ...certificates.server, ...demanding });
      expect(await outcome(serve, { network: "MUTUAL" })).toMatchObject(HELLO);
      expect(await outcome(serve)).toMatchObject({ name: "RfbError", code: "insecure" });
    },
  );
});

describe("a server is refused as insecure", () => {
  test.each(["expired", "notYetValid", "wrongHost", "unknownAuthority"] as const)(
    "whose certificate is: %s",
    async (name) => {
      expect(await outcome(greeting(certificates[name]))).toMatchObject(REFUSED);
    },
  );

  test("that has only TLS 1.1", async () => {
    const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    expect(await outcome(greeting({ ...certificates.server, ...old }))).toMatchObject(REFUSED);
  });

  test.each<[string, (socket: Socket) => void]>([
    [
      "answers with what is no TLS",
      (socket) => socket.once("data", () => socket.write("HTTP/1.1 400 Bad Request\r\n")),
    ],
    ["sends bytes in clear ahead of its answer", (socket) => socket.write("in clear")],
    ["ends", (socket) => socket.once("data", () => socket.end())],
    ["breaks the connection off", (socket) => socket.once("data", () => socket.resetAndDestroy())],
  ])("that %s", async (_, serve) => {
    expect(await outcome((socket) => serve(socket.on("error", () => {})))).toMatchObject(REFUSED);
  });

  test("that says nothing, once its time is up", async () => {
    expect(await outcome(() => {}, { handshakeTimeout: "200" })).toMatchObject({
      code: "insecure",
      message: "Cannot start TLS: the peer did not finish the handshake in time",
    });
  });
});

test("a network that is told nothing of TLS is the operator's fault", async () => {
  expect(await outcome(() => {}, { network: "BARE" })).toMatchObject({
    name: "TypeError",
    message: expect.stringContaining("tlsOptions"),
  });
});

/** The host has told its own log why. */
const REFUSED = {
  name: "RfbError",
  code: "insecure",
  message: expect.stringMatching(/^Cannot start TLS: .* is not accepted, or it broke off; .*reference = \w+/),
};
