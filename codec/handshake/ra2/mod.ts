/**
 * The messages of the RSA-AES security types, rfbproto "RSA-AES Security Type": {@link Ra2PublicKey} and {@link Ra2Random}
 * go over the wire as they are, the others in sealed frames.
 *
 * @module
 */

export * from "./credentials.ts";
export * from "./public_key.ts";
export * from "./random.ts";
export * from "./subtype.ts";
