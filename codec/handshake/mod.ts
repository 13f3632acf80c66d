/**
 * From the first byte to SecurityResult, RFC 6143 §7.1 and §7.2, with the messages of VNC
 * Authentication, VeNCrypt, SASL and RSA-AES; and the two Init messages, §7.3.
 *
 * @module
 */

export * from "./apple_dh.ts";
export * from "./apple_rsa1.ts";
export * from "./aten_login.ts";
export type { Capability } from "./capability.ts";
export * from "./client_handshake.ts";
export * from "./client_init.ts";
export * from "./exchange.ts";
export type * from "./inner_security.ts";
export type * from "./message.ts";
export * from "./ms_logon.ts";
export * from "./ntlm.ts";
export * from "./protocol_version.ts";
export * from "./ra2/mod.ts";
export * from "./repeater.ts";
export * from "./sasl.ts";
export * from "./security_result.ts";
export * from "./security_type.ts";
export * from "./security_types.ts";
export * from "./server_handshake.ts";
export * from "./server_init.ts";
export * from "./take.ts";
export * from "./tight_security.ts";
export * from "./vencrypt/mod.ts";
export * from "./vnc_auth_challenge.ts";
export * from "./vnc_auth_response.ts";
export * from "./xvp_login.ts";
