import { within } from "../limits.ts";
import { Encoding } from "../names.ts";
import { putU32, u32 } from "../wire.ts";
import { bareRectangle, expectBytes, expectLength } from "./payload.ts";
import type { Walk } from "./walk.ts";

/** The desktop's name from here on. */
export interface DesktopName {
  /** UTF-8, most often; a view of the payload. */
  readonly name: Uint8Array;
}

/** The length is in front. @throws {RfbError} `limit`: the name */
export function advanceDesktopName(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 4) return 0;
  walk.done = true;
  return 4 + within("maxNameLength", u32(bytes, at), walk.limits);
}

/**
 * DesktopName, rfbproto.
 *
 *     0  U32  name-length
 *     4  U8   name-string × name-length
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeDesktopName(payload: Uint8Array): DesktopName {
  expectBytes(payload, 0, 4, ACT);
  expectLength(payload, 4 + u32(payload, 0), ACT);
  return { name: payload.subarray(4) };
}

/** The whole rectangle. */
export function encodeDesktopName({ name }: DesktopName): Uint8Array {
  const payload = new Uint8Array(4 + name.length);
  putU32(payload, 0, name.length);
  payload.set(name, 4);
  return bareRectangle(Encoding.DesktopName, payload);
}

const ACT = "Cannot read a DesktopName";
