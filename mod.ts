/**
 * The RFB (VNC) protocol: every message as pure functions, framers and handshakes without I/O,
 * and the authentication schemes. Transports are modules of their own: `rfb-codec/node`, `rfb-codec/websocket`.
 *
 * @module
 */

export * from "./auth/mod.ts";
export * from "./codec/mod.ts";
