import { within } from "../limits.ts";
import { Encoding } from "../names.ts";
import { putU16, putU32, u16, u32, view } from "../wire.ts";
import { bareRectangle, expectLength } from "./payload.ts";
import type { Walk } from "./walk.ts";

/** Another server that the client is asked to connect to. Whether to trust it is the caller's to judge. */
export interface ClientRedirect {
  /** TCP's. */
  readonly port: number;
  /** A name or an address; a view of the payload, as the next. */
  readonly host: Uint8Array;
  /** The subject that the other server's certificate has; empty where it has none. */
  readonly x509Subject: Uint8Array;
}

/** Each length is in front of its text. @throws {RfbError} `limit`: a text */
export function advanceClientRedirect(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  // Stage 0 has the port and the host, stage 1 the subject.
  const head = walk.stage === 0 ? 6 : 4;
  if (end - at < head) return 0;
  const length = within("maxVendorLength", u32(bytes, at + head - 4), walk.limits);
  walk.done = walk.stage === 1;
  walk.stage = 1;
  return head + length;
}

/**
 * ClientRedirect. The rfbproto registry has its number, and implementations its layout.
 *
 *     0  U16  port
 *     2  U32  host-length
 *     6  U8   host × host-length
 *        U32  x509-subject-length
 *        U8   x509-subject × x509-subject-length
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeClientRedirect(payload: Uint8Array): ClientRedirect {
  const port = u16(payload, 0);
  const host = view(payload, 6, u32(payload, 2));
  const at = 6 + host.length;
  const x509Subject = view(payload, at + 4, u32(payload, at));
  expectLength(payload, at + 4 + x509Subject.length, "Cannot read a ClientRedirect");
  return { port, host, x509Subject };
}

/** The whole rectangle. @throws {RangeError} a port that does not fit */
export function encodeClientRedirect({ port, host, x509Subject }: ClientRedirect): Uint8Array {
  const payload = new Uint8Array(10 + host.length + x509Subject.length);
  const at = 6 + host.length;
  putU16(payload, 0, port);
  putU32(payload, 2, host.length);
  payload.set(host, 6);
  putU32(payload, at, x509Subject.length);
  payload.set(x509Subject, at + 4);
  return bareRectangle(Encoding.ClientRedirect, payload);
}
