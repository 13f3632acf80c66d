import type { Limits } from "../limits.ts";
import { putU32, u32 } from "../wire.ts";
import type { Version } from "./protocol_version.ts";
import { decodeReason, encodeWithReason, extentOfReason } from "./reason.ts";

/** How authentication ended. */
export interface SecurityResult {
  /** Tells it from other messages. */
  readonly type: "securityResult";
  /** 0 is in, everything else is out; {@link SecurityStatus} has the known ones. */
  readonly status: number;
  /** Where the version and the status bring one. */
  readonly reason?: Uint8Array;
}

/** Values of SecurityResult: RFC 6143 has the first two. */
export const SecurityStatus = {
  Ok: 0,
  Failed: 1,
  /** Tight; deprecated. */
  TooManyAttempts: 2,
  /** UltraVNC: a reason follows, in every version. */
  FailedWithReason: 3,
  /** UltraVNC: not the end, another list of security types follows. */
  Continue: 0xffffffff,
} as const;

/**
 * SecurityResult, RFC 6143 §7.1.3. In 3.3 and 3.7 it is left out after None.
 *
 *     0  U32  status
 *     4  U32  reason-length, reason: in 3.8, when status is not 0
 */
export function decodeSecurityResult(bytes: Uint8Array, at: number, version: Version): SecurityResult {
  const status = u32(bytes, at);
  return bringsReason(status, version)
    ? { type: "securityResult", status, reason: decodeReason(bytes, at + 4) }
    : { type: "securityResult", status };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the reason's length */
export function extentOfSecurityResult(
  bytes: Uint8Array,
  at: number,
  end: number,
  version: Version,
  limits: Limits,
): number {
  if (end - at < 4) return 4;
  return bringsReason(u32(bytes, at), version) ? 4 + extentOfReason(bytes, at + 4, end, limits) : 4;
}

/** A reason that `version` has no room for is left out; one that it demands is empty when absent. */
export function encodeSecurityResult({ status, reason }: SecurityResult, version: Version): Uint8Array {
  const bytes = new Uint8Array(4);
  putU32(bytes, 0, status);
  return bringsReason(status, version) ? encodeWithReason(bytes, reason ?? new Uint8Array(0)) : bytes;
}

function bringsReason(status: number, version: Version): boolean {
  if (status === SecurityStatus.FailedWithReason) return true;
  return version === "3.8" && status !== SecurityStatus.Ok && status !== SecurityStatus.Continue;
}
