/**
 * The functions of `@std/bytes` that this package uses, under the names and with the behaviour published on JSR, for
 * where JSR is not reached: npm, and machines without a network.
 *
 * @module
 */

export { concat } from "./concat.ts";
export { equals } from "./equals.ts";
