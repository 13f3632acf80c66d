/**
 * Security types, both roles, without I/O: the schemes by name, which of them can be used here,
 * and the exchange that each one runs inside a handshake.
 *
 * ```ts
 * import { chooseSecurityType, clientExchange, schemesNamed } from "rfb-codec/auth";
 *
 * const schemes = schemesNamed(["x509vnc", "vncauth"]);
 * const securityType = chooseSecurityType([2, 19], schemes); // 19: the operator's order counts
 * const exchange = clientExchange(securityType, { schemes, credentials: () => ({ password: "secret" }) });
 * ```
 *
 * @module
 */

export * from "./choice.ts";
export { none } from "./none.ts";
export { generateRsaKey, type RsaJwk } from "./rsa_key.ts";
export * from "./run.ts";
export * from "./sasl/mod.ts";
export * from "./scheme.ts";
export { SCHEMES } from "./schemes.ts";
export type { Vencrypt01 } from "./vencrypt.ts";
