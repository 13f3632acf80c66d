/**
 * The RFB (VNC) protocol: every message as pure functions, framers and handshakes without I/O. What becomes of rectangles'
 * payloads is in `rfb-codec/codec`, authentication in `rfb-codec/auth`; transports are modules of their own, as `rfb-codec/node` and
 * `rfb-codec/websocket`.
 *
 * @module
 */

export * from "./codec/protocol.ts";
