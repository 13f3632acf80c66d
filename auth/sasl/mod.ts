/**
 * SASL, RFC 4422, as RFB has it: the mechanisms, and what it takes to write another.
 *
 * @module
 */

export { ANONYMOUS } from "./anonymous.ts";
export { EXTERNAL } from "./external.ts";
export type * from "./mechanism.ts";
export { PLAIN, PLAIN_ANYWHERE } from "./plain.ts";
export { saslprep } from "./saslprep.ts";
export { SCRAM_SHA_1, SCRAM_SHA_256 } from "./scram.ts";
export { type ScramCredentials, type ScramDerivation, type ScramHash, scramCredentials } from "./scram_keys.ts";
