import { Encoding } from "../names.ts";
import { putU32, u32 } from "../wire.ts";
import { bareRectangle, expectLength } from "./payload.ts";
import { type Advance, advanceWhole } from "./walk.ts";

/** When what the update shows was captured. */
export interface NeatvncPts {
  /** Microseconds of the server's own clock. */
  readonly pts: bigint;
}

/** Always 8 bytes. */
export const advanceNeatvncPts: Advance = advanceWhole(8);

/**
 * The presentation timestamp of neatvnc; an experiment that is in no registry.
 *
 *     0  U64  pts
 *
 * @throws {RfbError} `truncated` or `trailing`: a payload of another length
 */
export function decodeNeatvncPts(payload: Uint8Array): NeatvncPts {
  expectLength(payload, 8, "Cannot read a NeatvncPTS");
  return { pts: (BigInt(u32(payload, 0)) << 32n) | BigInt(u32(payload, 4)) };
}

/** The whole rectangle. @throws {RangeError} a timestamp that does not fit */
export function encodeNeatvncPts({ pts }: NeatvncPts): Uint8Array {
  const payload = new Uint8Array(8);
  putU32(payload, 0, Number(pts >> 32n));
  putU32(payload, 4, Number(pts & 0xffffffffn));
  return bareRectangle(Encoding.NeatvncPTS, payload);
}
