/**
 * Messages, framers and handshakes: all of the codec but what becomes of a rectangle's payload.
 *
 * @module
 */

export * from "./client/mod.ts";
export * from "./clipboard.ts";
export * from "./compression.ts";
export * from "./encodings/framing.ts";
export { type Advance, createWalk, type Walk } from "./encodings/walk.ts";
export * from "./errors.ts";
export { type Fence, FenceFlag, MAX_FENCE_LENGTH } from "./fence.ts";
export * from "./framer.ts";
export type { UnknownGii } from "./gii.ts";
export * from "./handshake/mod.ts";
export * from "./keyboard.ts";
export * from "./keysyms.ts";
export type { Dialect, DialectLayouts, Layout } from "./layout.ts";
export * from "./limits.ts";
export * from "./names.ts";
export type { Ntp } from "./ntp.ts";
export * from "./payload.ts";
export * from "./pixel_format.ts";
export type { Screen } from "./screens.ts";
export * from "./server/mod.ts";
export * from "./session.ts";
export * from "./text.ts";
export * from "./vendors/mod.ts";
export { append, available, createInput, drain, type Input } from "./wire.ts";
export { type Xvp, XvpMessageCode } from "./xvp.ts";
