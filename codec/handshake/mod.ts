/**
 * From the first byte to SecurityResult, RFC 6143 §7.1 and §7.2, with the messages of VNC
 * Authentication and VeNCrypt; and the two Init messages, §7.3.
 *
 * @module
 */

export type { Capability } from "./capability.ts";
export * from "./client_handshake.ts";
export * from "./client_init.ts";
export * from "./exchange.ts";
export type * from "./message.ts";
export * from "./protocol_version.ts";
export * from "./security_result.ts";
export * from "./security_type.ts";
export * from "./security_types.ts";
export * from "./server_handshake.ts";
export * from "./server_init.ts";
export * from "./take.ts";
export * from "./vencrypt/mod.ts";
export * from "./vnc_auth_challenge.ts";
export * from "./vnc_auth_response.ts";
