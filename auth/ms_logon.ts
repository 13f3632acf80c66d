import { bytesToNumberBE } from "@noble/ciphers/utils.js";
import type { Exchange } from "../codec/handshake/exchange.ts";
import {
  decodeMsLogonParameters,
  decodeMsLogonResponse,
  encodeMsLogonParameters,
  encodeMsLogonResponse,
  extentOfMsLogonParameters,
  extentOfMsLogonResponse,
} from "../codec/handshake/ms_logon.ts";
import { take } from "../codec/handshake/take.ts";
import type { Input } from "../codec/wire.ts";
import { afterwards, reading, saying } from "./afterwards.ts";
import { contentOfField, credentialField } from "./credential_field.ts";
import { decryptWithSecret, encryptWithSecret } from "./des.ts";
import { type DhGroup, dhBytes, dhGroup, dhKeyPair, secretToHideBehind, sharedSecret } from "./diffie_hellman.ts";
import type { ClientContext, ServerContext } from "./scheme.ts";
import { verifying, verifyOf } from "./verification.ts";

/**
 * The client's side of UltraVNC's MSLogon, rfbproto "MSLogonII Authentication". The first 255 bytes of the user
 * count, and 63 of the password. It hides them from nobody: any key of so few bits is found in seconds.
 */
export function msLogonClient({ ask, random, limits }: ClientContext): Exchange {
  return reading((input) => {
    const message = take(input, extentOfMsLogonParameters, decodeMsLogonParameters, limits);
    if (message === undefined) return undefined;
    // Before anybody is asked for a password.
    const group = dhGroup(bytesToNumberBE(message.generator), message.prime);
    const ours = dhKeyPair(group, random);
    const secret = secretToHideBehind(group, ours, message.publicKey);
    return afterwards(async () => {
      const { username, password } = await ask(["username", "password"]);
      return saying(
        encodeMsLogonResponse({
          type: "msLogonResponse",
          publicKey: dhBytes(group, ours.publicKey),
          username: encryptWithSecret(credentialField(username!, random(256)), secret),
          password: encryptWithSecret(credentialField(password!, random(64)), secret),
        }),
      );
    });
  });
}

/** The server's side of UltraVNC's MSLogon; `verify` decides. */
export function msLogonServer({ verifier, random, limits }: ServerContext): Exchange {
  const verify = verifyOf(verifier, "MSLogon");
  const ours = dhKeyPair(GROUP, random);
  const parameters = encodeMsLogonParameters({
    type: "msLogonParameters",
    generator: dhBytes(GROUP, GROUP.generator),
    prime: dhBytes(GROUP, GROUP.prime),
    publicKey: dhBytes(GROUP, ours.publicKey),
  });
  return saying(parameters, reading(readResponse));

  function readResponse(input: Input): Exchange | undefined {
    const message = take(input, extentOfMsLogonResponse, decodeMsLogonResponse, limits);
    if (message === undefined) return undefined;
    const secret = sharedSecret(GROUP, ours, message.publicKey);
    const open = (field: Uint8Array): Uint8Array => contentOfField(decryptWithSecret(field, secret));
    return verifying(verify, open(message.username), open(message.password));
  }
}

/**
 * UltraVNC's viewers calculate in 64 bits, and refuse a prime above 2 to the 31st: this is the largest below it of
 * which half, less 1, is prime as well.
 */
const GROUP: DhGroup = { generator: 2n, prime: 0x7fffffbbn, length: 8 };
