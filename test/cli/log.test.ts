import { expect, test } from "vitest";
import { type LogEvent, lineOf } from "../../cli/log.ts";
import { printableJson } from "../../cli/printable_json.ts";
import { printable } from "../../codec/text.ts";

const CLIENT = { client: "127.0.0.1:40312", clientVersion: "3.8", serverVersion: "3.8" } as const;

test.each<[LogEvent, string]>([
  [
    {
      ...CLIENT,
      event: "negotiated",
      connection: 12,
      milliseconds: 14,
      stage: "client security result",
      securityType: "VeNCrypt (19)",
      vencryptSubtype: "X509None (260)",
      tlsVersion: "TLSv1.3",
      tlsCipher: "TLS_AES_256_GCM_SHA384",
      certificateSubject: "CN=localhost",
      certificateExpiry: "2027-01-01T00:00:00.000Z",
    },
    "12 negotiated 127.0.0.1:40312 client 3.8, server 3.8 VeNCrypt (19) X509None (260), " +
      "TLSv1.3 TLS_AES_256_GCM_SHA384, CN=localhost until 2027-01-01, 14 ms",
  ],
  [
    { ...CLIENT, event: "failed", connection: 13, milliseconds: 9, stage: "server security", reason: "it said no" },
    "13 failed 127.0.0.1:40312 at server security: it said no; client 3.8, server 3.8, 9 ms",
  ],
  [
    {
      ...CLIENT,
      event: "negotiated",
      connection: 12,
      milliseconds: 14,
      stage: "client security result",
      securityType: "Tight (16)",
      securityPath: ["Tight (16)", "UnixLogin (129)"],
      clientSecurityPath: ["VeNCrypt (19)", "Plain (256)"],
    },
    "12 negotiated 127.0.0.1:40312 client 3.8 VeNCrypt (19) Plain (256), server 3.8 Tight (16) UnixLogin (129), 14 ms",
  ],
  [{ event: "clientSchemes", schemes: ["plain"] }, "schemes towards clients, in this order: plain"],
  [
    { event: "failed", connection: 14, milliseconds: 0, stage: "client version", reason: "already serving 1 clients" },
    "14 failed at client version: already serving 1 clients; 0 ms",
  ],
  [
    {
      ...CLIENT,
      event: "closed",
      connection: 12,
      milliseconds: 61_200,
      stage: "relay",
      reason: "the client closed",
      bytesToServer: 20,
      bytesToClient: 3000,
    },
    "12 closed 127.0.0.1:40312 the client closed, 20 bytes to the server, 3000 to the client, 61 s",
  ],
  [{ event: "listening", address: "tcp://127.0.0.1:5901" }, "listening on tcp://127.0.0.1:5901"],
])("%j is a line for people", (event, line) => {
  expect(lineOf(event)).toBe(line);
});

test("a peer's words drive no terminal and begin no line", () => {
  const words = "a\x1b[31m\nb\u009b2J\u2028c\u202ed\u{e0041}e";
  expect(printable(words)).toBe("a [31m b 2J c d e");
  const json = printableJson({ words });
  expect(json).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(json)).toEqual({ words });
});
