import { RfbError } from "../codec/errors.ts";
import {
  decodeAppleRsa1Ack,
  decodeAppleRsa1Key,
  decodeAppleRsa1KeyRequest,
  decodeAppleRsa1Login,
  encodeAppleRsa1Ack,
  encodeAppleRsa1Key,
  encodeAppleRsa1KeyRequest,
  encodeAppleRsa1Login,
  extentOfAppleRsa1Ack,
  extentOfAppleRsa1Key,
  extentOfAppleRsa1KeyRequest,
  extentOfAppleRsa1Login,
} from "../codec/handshake/apple_rsa1.ts";
import type { Exchange } from "../codec/handshake/exchange.ts";
import { take } from "../codec/handshake/take.ts";
import type { Input } from "../codec/wire.ts";
import { afterwards, DONE, reading, saying } from "./afterwards.ts";
import { openAppleCredentials, sealAppleCredentials } from "./apple_dh.ts";
import { decryptPkcs1, encryptPkcs1, type RsaPrivateKey } from "./rsa.ts";
import { derOfRsaKey, rsaPublicKeyOfDer } from "./rsa_der.ts";
import { rsaPrivateKey } from "./rsa_key.ts";
import type { ClientContext, ServerContext } from "./scheme.ts";
import { checkTrust } from "./server_key.ts";
import { verifying, verifyOf } from "./verification.ts";

/**
 * The client's side of Apple's RSA1, as far as it is known: see {@link AppleRsa1Login}. The first 63 bytes of user and
 * password count, and no server gets them whose key is not trusted. Of what comes after nothing is encrypted.
 */
export function appleRsa1Client(context: ClientContext): Exchange {
  const { ask, random, limits } = context;
  return saying(encodeAppleRsa1KeyRequest({ type: "appleRsa1KeyRequest", version: VERSION }), reading(readKey));

  function readKey(input: Input): Exchange | undefined {
    const message = take(input, extentOfAppleRsa1Key, decodeAppleRsa1Key, limits);
    if (message === undefined) return undefined;
    return afterwards(async () => {
      const theirs = rsaPublicKeyOfDer(message.publicKey, limits);
      await checkTrust(message.publicKey, context);
      const key = random(KEY_LENGTH);
      const credentials = sealAppleCredentials(await ask(["username", "password"]), key, random);
      const encryptedKey = encryptPkcs1(key, theirs, random);
      const login = encodeAppleRsa1Login({ type: "appleRsa1Login", version: VERSION, credentials, encryptedKey });
      return saying(login, reading(readAck));
    });
  }

  function readAck(input: Input): Exchange | undefined {
    const ack = take(input, extentOfAppleRsa1Ack, decodeAppleRsa1Ack, limits);
    if (ack === undefined) return undefined;
    if (ack.length === 0) return { next: () => DONE };
    throw new RfbError("unexpected", "Cannot pass RSA1", `a packet of ${ack.length} bytes after the login`);
  }
}

/** The server's side of Apple's RSA1, as far as it is known; `verify` decides. */
export function appleRsa1Server({ verifier, random, limits }: ServerContext): Exchange {
  const verify = verifyOf(verifier, "RSA1");
  const { rsaKey } = verifier;
  if (rsaKey === undefined) throw new TypeError("Cannot serve RSA1: the verifier has no rsaKey");
  return reading(readRequest);

  function readRequest(input: Input): Exchange | undefined {
    const request = take(input, extentOfAppleRsa1KeyRequest, decodeAppleRsa1KeyRequest, limits);
    if (request === undefined) return undefined;
    return afterwards(async () => {
      const ours = await rsaPrivateKey(rsaKey!);
      const publicKey = derOfRsaKey(ours);
      const message = encodeAppleRsa1Key({ type: "appleRsa1Key", version: VERSION, publicKey, unknown: 0 });
      return saying(
        message,
        reading((more) => readLogin(more, ours)),
      );
    });
  }

  function readLogin(input: Input, ours: RsaPrivateKey): Exchange | undefined {
    const extentOf = (): number => extentOfAppleRsa1Login(ours.length);
    const decode = (bytes: Uint8Array, at: number) => decodeAppleRsa1Login(bytes, at, ours.length);
    const message = take(input, extentOf, decode, limits);
    if (message === undefined) return undefined;
    // Another key than the client's where the padding is wrong: user and password are then some bytes or other.
    const key = decryptPkcs1(message.encryptedKey, ours, KEY_LENGTH, random);
    const { username, password } = openAppleCredentials(message.credentials, key);
    const ack = encodeAppleRsa1Ack({ type: "appleRsa1Ack", length: 0 });
    return saying(ack, verifying(verify, username, password));
  }
}

const VERSION = 0x0100;
/** Of AES-128. */
const KEY_LENGTH = 16;
