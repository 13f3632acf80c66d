/**
 * Transports for Bun: those of `rfb-codec/node`, which Bun runs as they are, and a WebSocket server of its own.
 *
 *     import { schemesNamed } from "rfb-codec/auth";
 *     import { connectTcp, listenWebSocket } from "rfb-codec/bun";
 *     import { createSecurityProxy } from "rfb-codec/proxy";
 *
 *     const proxy = createSecurityProxy({
 *       dial: (signal) => connectTcp({ host: "vm.example", port: 5900, signal }),
 *       authentication: { schemes: schemesNamed(["x509none"]), credentials: () => ({}) },
 *       tls: { ca: await Bun.file("ca.pem").text() },
 *       log: (entry) => console.log(JSON.stringify(entry)),
 *     });
 *     const { port } = await listenWebSocket({
 *       port: 6080,
 *       origins: ["https://viewer.example"],
 *       onConnection: (transport, { arrived }) => void proxy.serve(transport, arrived),
 *     });
 *     console.log(`ws://127.0.0.1:${port}/websockify`);
 *
 * TLS is Node's in all but one thing: there is no anonymous kind.
 *
 * @module
 */

export { listenWebSocket, type WebSocketListenOptions } from "./bun_websocket.ts";
export {
  connectTcp,
  connectTls,
  connectUnix,
  fromSocket,
  type Listener,
  listenTcp,
  listenUnix,
  NODE_TLS_KINDS,
  type TcpListenOptions,
  type TcpOptions,
  type TlsConnectOptions,
  type UnixListenOptions,
  type UnixOptions,
} from "./node.ts";
export type * from "./transport.ts";
export type { WebSocketInfo, WebSocketServerOptions } from "./websocket_request.ts";
