import { ecb } from "@noble/ciphers/aes.js";
import { md5 } from "@noble/hashes/legacy.js";
import { concat } from "@std/bytes";
import { RfbError } from "../codec/errors.ts";
import {
  type AppleDhParameters,
  decodeAppleDhParameters,
  decodeAppleDhResponse,
  encodeAppleDhParameters,
  encodeAppleDhResponse,
  extentOfAppleDhParameters,
  extentOfAppleDhResponse,
} from "../codec/handshake/apple_dh.ts";
import type { Exchange } from "../codec/handshake/exchange.ts";
import { take } from "../codec/handshake/take.ts";
import type { Input } from "../codec/wire.ts";
import { afterwards, reading, saying } from "./afterwards.ts";
import { contentOfField, credentialField } from "./credential_field.ts";
import { dhGroups } from "./dh_groups.ts";
import { dhBytes, dhGroup, dhKeyPair, secretToHideBehind, sharedSecret } from "./diffie_hellman.ts";
import type { ClientContext, Credentials, RandomSource, ServerContext } from "./scheme.ts";
import { verifying, verifyOf } from "./verification.ts";

/**
 * The client's side of Apple's Diffie-Hellman, rfbproto "Diffie-Hellman Authentication". The first 63 bytes of user and
 * password count. Nothing says who the server is: whoever stands in the middle learns both.
 */
export function appleDhClient({ ask, random, limits }: ClientContext): Exchange {
  return reading((input) => {
    const message = take(input, extentOfAppleDhParameters, decodeAppleDhParameters, limits);
    if (message === undefined) return undefined;
    // Before anybody is asked for a password.
    const { secret, publicKey } = agree(message, random);
    return afterwards(async () => {
      const credentials = sealAppleCredentials(await ask(["username", "password"]), md5(secret), random);
      return saying(encodeAppleDhResponse({ type: "appleDhResponse", credentials, publicKey }));
    });
  });
}

/** The server's side of Apple's Diffie-Hellman; the verifier says how long the prime is, and `verify` decides. */
export function appleDhServer({ verifier, random, limits }: ServerContext): Exchange {
  const verify = verifyOf(verifier, "DH");
  const group = dhGroups[verifier.dhKeyLength ?? 2048];
  const ours = dhKeyPair(group, random);
  const parameters = encodeAppleDhParameters({
    type: "appleDhParameters",
    generator: Number(group.generator),
    prime: dhBytes(group, group.prime),
    publicKey: dhBytes(group, ours.publicKey),
  });
  return saying(parameters, reading(readResponse));

  function readResponse(input: Input): Exchange | undefined {
    const extentOf = (): number => extentOfAppleDhResponse(group.length);
    const decode = (bytes: Uint8Array, at: number) => decodeAppleDhResponse(bytes, at, group.length);
    const message = take(input, extentOf, decode, limits);
    if (message === undefined) return undefined;
    const secret = sharedSecret(group, ours, message.publicKey);
    const { username, password } = openAppleCredentials(message.credentials, md5(secret));
    return verifying(verify, username, password);
  }
}

/** User and password in 64 bytes each, in AES-128-ECB. */
export function sealAppleCredentials(
  { username, password }: Credentials,
  key: Uint8Array,
  random: RandomSource,
): Uint8Array {
  const fields = concat([credentialField(username!, random(64)), credentialField(password!, random(64))]);
  return ecb(key, { disablePadding: true }).encrypt(fields);
}

/** What {@link sealAppleCredentials} sealed; some bytes or other, where that was with another key. */
export function openAppleCredentials(
  sealed: Uint8Array,
  key: Uint8Array,
): { readonly username: Uint8Array; readonly password: Uint8Array } {
  const fields = ecb(key, { disablePadding: true }).decrypt(sealed);
  return { username: contentOfField(fields.subarray(0, 64)), password: contentOfField(fields.subarray(64)) };
}

/** The secret, and our key as it goes over the wire. @throws {RfbError} `insecure` */
function agree(
  { generator, prime, publicKey }: AppleDhParameters,
  random: RandomSource,
): { readonly secret: Uint8Array; readonly publicKey: Uint8Array } {
  const act = "Cannot agree on a key";
  if (prime.length < MINIMUM_KEY_LENGTH) {
    throw new RfbError("insecure", act, `its prime of ${prime.length} bytes is below ${MINIMUM_KEY_LENGTH}`);
  }
  // No server's does; a short prime that passes for a long one is a trap.
  if (prime[0] === 0) throw new RfbError("insecure", act, "its prime is shorter than it says");
  const group = dhGroup(BigInt(generator), prime);
  const ours = dhKeyPair(group, random);
  return { secret: secretToHideBehind(group, ours, publicKey), publicKey: dhBytes(group, ours.publicKey) };
}

/** Bytes. Apple's servers have 128, and who listens can break anything much below that. */
const MINIMUM_KEY_LENGTH = 16;
