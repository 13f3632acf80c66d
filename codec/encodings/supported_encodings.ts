import { RfbError } from "../errors.ts";
import { Encoding } from "../names.ts";
import { putS32, s32 } from "../wire.ts";
import { wholeRectangle } from "./payload.ts";

/** The encodings that the server knows. */
export interface SupportedEncodings {
  /** Signed. */
  readonly encodingTypes: readonly number[];
}

/**
 * SupportedEncodings, libvncserver: the rectangle's width is the payload's length, its height the number of encodings.
 *
 *     0  S32  encoding-type × number
 *
 * @throws {RfbError} `malformed`: a length that is no multiple of 4
 */
export function decodeSupportedEncodings(payload: Uint8Array): SupportedEncodings {
  if (payload.length % 4 !== 0) {
    throw new RfbError("malformed", "Cannot read SupportedEncodings", `${payload.length} bytes`);
  }
  const encodingTypes: number[] = [];
  for (let at = 0; at < payload.length; at += 4) encodingTypes.push(s32(payload, at));
  return { encodingTypes };
}

/** The whole rectangle. @throws {RangeError} more than 16383, or a number that does not fit */
export function encodeSupportedEncodings({ encodingTypes }: SupportedEncodings): Uint8Array {
  const payload = new Uint8Array(4 * encodingTypes.length);
  for (const [i, type] of encodingTypes.entries()) putS32(payload, 4 * i, type);
  return wholeRectangle(Encoding.SupportedEncodings, 0, 0, payload.length, encodingTypes.length, payload);
}
