// What a Worker asks of its host, and what it refuses to ask: with a host that is played here.

import { expect, test } from "vitest";
import type { TlsOptions } from "../../transports/transport.ts";
import { acceptWebSocket, connectTcp, type WorkersNetwork, type WorkersSocket } from "../../transports/workers.ts";

const X509 = { role: "client", kind: "x509" } as const;
const OPEN = Promise.resolve({});

/** A network whose sockets say nothing; under TLS, the end at once. */
function network(secured: Partial<WorkersSocket> = {}) {
  const asked: unknown[] = [];
  const socket = (own: Partial<WorkersSocket>, atEnd: boolean): WorkersSocket => ({
    readable: new ReadableStream({
      type: "bytes",
      start(controller) {
        if (atEnd) controller.close();
      },
      pull(controller) {
        if (atEnd) controller.byobRequest?.respond(0);
      },
    }),
    writable: new WritableStream(),
    opened: OPEN,
    closed: OPEN.then(() => {}),
    close: async () => {},
    startTls(options) {
      asked.push(options);
      return socket(secured, true);
    },
    ...own,
  });
  const connect: WorkersNetwork["connect"] = (address, options) => {
    asked.push(address, options);
    return socket({}, false);
  };
  return { connect, asked };
}

test("a socket is asked for that can start TLS and end one direction, IPv6 in brackets, and without for TLS", async () => {
  const host = network();
  const transport = await connectTcp({ host: "::1", port: 5900, network: host });
  await transport.startTls!(X509);
  expect(host.asked).toEqual([
    { hostname: "[::1]", port: 5900 },
    { secureTransport: "starttls", allowHalfOpen: true },
    { expectedServerHostname: "::1" },
  ]);
});

test.each<[Partial<TlsOptions>, string]>([
  [{ ca: "pem" }, "tlsOptions.trustedCertificates"],
  [{ cert: "pem", key: "pem" }, "tlsOptions.keypair"],
  [{ key: "pem" }, "tlsOptions.keypair"],
  [{ verifyHostname: false }, "verifyHostname"],
  [{ serverName: "elsewhere.example" }, "dial elsewhere.example, not localhost"],
  [{ minVersion: "1.3" }, "tlsOptions.minVersion to tls1Dot3"],
  [{ serverName: "" }, "dial its name, not localhost"],
  [{ kind: "anonymous" }, "no anonymous TLS"],
  [{ role: "server" }, "cannot be a TLS server"],
])("%o is refused before TLS, and the transport goes on", async (option, words) => {
  const host = network();
  const transport = await connectTcp({ host: "localhost", port: 5900, network: host });
  const starting = transport.startTls!({ ...X509, ...option } as TlsOptions);
  await expect(starting).rejects.toThrow(TypeError);
  await expect(starting).rejects.toThrow(words);
  expect(host.asked).toHaveLength(2);
  await transport.write(Uint8Array.of(1));
});

test("a version that is none is out of range", async () => {
  const transport = await connectTcp({ host: "localhost", port: 5900, network: network() });
  const tls = { ...X509, minVersion: "1.1" } as unknown as TlsOptions;
  await expect(transport.startTls!(tls)).rejects.toThrow(RangeError);
});

test("TLS does not start while a read is pending, nor once this end is closed", async () => {
  const transport = await connectTcp({ host: "localhost", port: 5900, network: network() });
  const reading = transport.read();
  await expect(transport.startTls!(X509)).rejects.toThrow("a read is pending");
  transport.abort();
  expect(await reading).toBeUndefined();
  await expect(transport.startTls!(X509)).rejects.toThrow("this end is closed");
});

test("TLS that a host takes for open, and then ends unread, was refused", async () => {
  const transport = await connectTcp({ host: "localhost", port: 5900, network: network() });
  const secured = await transport.startTls!(X509);
  await expect(secured.read()).rejects.toMatchObject({ code: "insecure" });
  await expect(secured.read()).rejects.toMatchObject({ code: "insecure" });
});

test("TLS that does not come up has a deadline, and can be aborted", async () => {
  const never = new Promise<never>(() => {});
  const options = { host: "localhost", port: 5900, network: network({ opened: never }) };
  const slow = await connectTcp({ ...options, handshakeTimeout: 1 });
  await expect(slow.startTls!(X509)).rejects.toThrow("the peer did not finish the handshake in time");
  const given = await connectTcp(options);
  const starting = given.startTls!(X509);
  setTimeout(given.abort, 10);
  await expect(starting).rejects.toThrow("the connection was aborted");
});

test("connecting can be given up", async () => {
  const connect: WorkersNetwork["connect"] = () => ({
    ...network().connect({ hostname: "", port: 1 }, TLS_LATER),
    opened: new Promise(() => {}),
  });
  const reason = new Error("enough");
  const options = { host: "localhost", port: 5900, network: { connect } };
  await expect(connectTcp({ ...options, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const later = new AbortController();
  setTimeout(() => later.abort(reason), 10);
  await expect(connectTcp({ ...options, signal: later.signal })).rejects.toBe(reason);
});

const TLS_LATER = { secureTransport: "starttls", allowHalfOpen: true } as const;

test("only a request for a WebSocket is accepted, and only where there are any", () => {
  const request = new Request("http://localhost/");
  expect(() => acceptWebSocket(request)).toThrow("the request does not ask for one");
  // Node's own Request takes no such header.
  const upgrade = { headers: new Map([["Upgrade", "WebSocket"]]) } as unknown as Request;
  expect(() => acceptWebSocket(upgrade)).toThrow("this runtime has no WebSocketPair");
});
