/**
 * RFB messages as pure functions: `decode…`, `extentOf…` and `encode…` for each, framers and
 * handshakes without I/O. Nothing here opens a socket, reads a clock or draws a random number.
 *
 * @module
 */

export * from "./client/mod.ts";
export * from "./encodings/mod.ts";
export * from "./errors.ts";
export * from "./framebuffer.ts";
export * from "./framer.ts";
export * from "./handshake/mod.ts";
export * from "./limits.ts";
export * from "./names.ts";
export * from "./pixel_format.ts";
export * from "./server/mod.ts";
export * from "./session.ts";
export * from "./text.ts";
export { append, available, createInput, drain, type Input } from "./wire.ts";
