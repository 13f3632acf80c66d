/**
 * The two ends of a session: a transport, a handshake, framers and a session put together.
 *
 * ```ts
 * import { schemesNamed } from "rfb-codec/auth";
 * import { nodeCompression } from "rfb-codec/compression/node";
 * import { createRfbClient, joinServer } from "rfb-codec/endpoints";
 * import { connectTcp } from "rfb-codec/node";
 *
 * const connection = await joinServer(await connectTcp({ host: "vm.example", port: 5900 }), {
 *   authentication: { schemes: schemesNamed(["x509vnc"]), credentials: () => ({ password: "secret" }) },
 *   tls: { ca: "-----BEGIN CERTIFICATE-----\n…" },
 * });
 * const client = createRfbClient(connection, { compression: await nodeCompression() });
 * await client.type("hello\n");
 * const { width, height, data } = await client.screenshot();
 * ```
 *
 * @module
 */

export type * from "../transports/transport.ts";
export { type ClientConnection, type ClientTls, type JoinOptions, joinServer } from "./client.ts";
export type { Connection } from "./connection.ts";
export type { HandshakeOutcome } from "./recorded_handshake.ts";
export {
  type RecordedChunk,
  type Recording,
  type Replay,
  type ReplayOptions,
  replay,
} from "./replay.ts";
export { createRfbClient, type RfbClient, type RfbClientEvent, type RfbClientOptions } from "./rfb_client.ts";
export { createRfbServer, type RfbServer, type RfbServerOptions, type ServeOptions } from "./rfb_server.ts";
export { type AdmitOptions, admitClient, type ServerConnection, type ServerTls } from "./server.ts";
export type * from "./server_events.ts";
