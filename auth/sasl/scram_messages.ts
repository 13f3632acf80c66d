/**
 * The messages of SCRAM, RFC 5802 §7. Attributes are letters with values, a comma between them, in an order that is fixed;
 * what may follow as an extension is skipped, and one that must be understood ("m=") is refused.
 *
 * @module
 */

import { RfbError } from "../../codec/errors.ts";
import { bytesOfBase64 } from "./base64.ts";

/** From the client: who it is. */
export interface ClientFirst {
  /** With its two commas: what the proof covers. */
  readonly gs2Header: string;
  /** Whom to act as; "": the user. */
  readonly authorizationId: string;
  readonly username: string;
  readonly nonce: string;
  /** All but the header. */
  readonly bare: string;
}

/** From the server: what to hash the password with. */
export interface ServerFirst {
  /** The client's, and the server's behind it. */
  readonly nonce: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** From the client: its proof. */
export interface ClientFinal {
  readonly channelBinding: Uint8Array;
  readonly nonce: string;
  readonly proof: Uint8Array;
  /** All but the proof. */
  readonly withoutProof: string;
}

/** From the server: its proof, or why not. */
export type ServerFinal = { readonly signature: Uint8Array } | { readonly error: string };

/** @throws {RfbError} `malformed`; `unexpected`: channel binding */
export function readClientFirst(bytes: Uint8Array | undefined): ClientFirst {
  const act = "Cannot read SCRAM's client-first-message";
  const text = textIn(bytes, act);
  const parts = text.split(",");
  const [flag = "", authorization = ""] = parts;
  if (flag.startsWith("p=")) throw new RfbError("unexpected", act, "channel binding, which was not offered");
  if (flag !== "n" && flag !== "y") throw new RfbError("malformed", act, "no gs2 header");
  const authorizationId = authorization === "" ? "" : nameIn(attribute(authorization, "a", act), act);
  const username = nameIn(attribute(parts[2], "n", act), act);
  const nonce = nonceIn(attribute(parts[3], "r", act), act);
  const gs2Header = `${flag},${authorization},`;
  return { gs2Header, authorizationId, username, nonce, bare: text.slice(gs2Header.length) };
}

/** @throws {RfbError} `malformed` */
export function readServerFirst(bytes: Uint8Array | undefined): ServerFirst {
  const act = "Cannot read SCRAM's server-first-message";
  const parts = textIn(bytes, act).split(",");
  const nonce = nonceIn(attribute(parts[0], "r", act), act);
  const salt = bytesIn(attribute(parts[1], "s", act), act);
  const iterations = attribute(parts[2], "i", act);
  if (!/^[1-9][0-9]{0,9}$/.test(iterations)) throw new RfbError("malformed", act, "the iteration count is no number");
  return { nonce, salt, iterations: Number(iterations) };
}

/** @throws {RfbError} `malformed` */
export function readClientFinal(bytes: Uint8Array | undefined): ClientFinal {
  const act = "Cannot read SCRAM's client-final-message";
  const text = textIn(bytes, act);
  const parts = text.split(",");
  const last = parts.length < 3 ? undefined : parts.at(-1);
  return {
    channelBinding: bytesIn(attribute(parts[0], "c", act), act),
    nonce: nonceIn(attribute(parts[1], "r", act), act),
    proof: bytesIn(attribute(last, "p", act), act),
    withoutProof: text.slice(0, text.lastIndexOf(",")),
  };
}

/** @throws {RfbError} `malformed` */
export function readServerFinal(bytes: Uint8Array | undefined): ServerFinal {
  const act = "Cannot read SCRAM's server-final-message";
  const [first = ""] = textIn(bytes, act).split(",");
  if (first.startsWith("e=")) return { error: first.slice(2) };
  return { signature: bytesIn(attribute(first, "v", act), act) };
}

/** A name as it stands in a message, RFC 5802 §5.1. */
export function escapedName(name: string): string {
  return name.replaceAll("=", "=3D").replaceAll(",", "=2C");
}

function textIn(bytes: Uint8Array | undefined, act: string): string {
  if (bytes === undefined) throw new RfbError("malformed", act, "there is none");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RfbError("malformed", act, "not UTF-8");
  }
}

function attribute(part: string | undefined, letter: string, act: string): string {
  if (part?.startsWith(`${letter}=`)) return part.slice(2);
  const why = part?.startsWith("m=") ? "an extension that has to be understood" : `no ${letter}= where it belongs`;
  throw new RfbError("malformed", act, why);
}

function nameIn(text: string, act: string): string {
  if (text === "" || /=(?!2C|3D)|\0/.test(text)) throw new RfbError("malformed", act, "a name that is none");
  return text.replaceAll("=2C", ",").replaceAll("=3D", "=");
}

function nonceIn(text: string, act: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new RfbError("malformed", act, "a nonce that is not printable ASCII");
  return text;
}

function bytesIn(text: string, act: string): Uint8Array {
  const bytes = bytesOfBase64(text);
  if (bytes === undefined || bytes.length === 0) throw new RfbError("malformed", act, "not base64");
  return bytes;
}
