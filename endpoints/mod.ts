/**
 * The two ends of a session: a transport, a handshake, framers and a session put together.
 *
 * ```ts
 * import { schemesNamed } from "rfb-codec/auth";
 * import { joinServer, takeScreenshot } from "rfb-codec/endpoints";
 * import { connectTcp } from "rfb-codec/node";
 *
 * const client = await joinServer(await connectTcp({ host: "vm.example", port: 5900 }), {
 *   authentication: { schemes: schemesNamed(["x509vnc"]), credentials: () => ({ password: "secret" }) },
 *   tls: { ca: "-----BEGIN CERTIFICATE-----\n…" },
 * });
 * const picture = await takeScreenshot(client);
 * ```
 *
 * @module
 */

export type * from "../transports/transport.ts";
export { type ClientTls, type JoinOptions, joinServer, type RfbClient } from "./client.ts";
export type { Connection } from "./connection.ts";
export { takeScreenshot } from "./screenshot.ts";
export { type AdmitOptions, admitClient, type RfbServer, type ServerTls } from "./server.ts";
