/**
 * The messages of VeNCrypt 0.2 and 0.1, rfbproto "VeNCrypt".
 *
 * @module
 */

export * from "./ident.ts";
export * from "./plain.ts";
export * from "./subtype.ts";
export * from "./subtype_ack.ts";
export * from "./subtypes.ts";
export * from "./version.ts";
export * from "./version_0_1.ts";
export * from "./version_ack.ts";
