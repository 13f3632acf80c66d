import { type Limits, within } from "../limits.ts";
import { putU32, u32, view } from "../wire.ts";

/** One of NTLM's three messages, as Virtual Server's VMRC carries them under security type 4. */
export interface NtlmMessage {
  /** Tells it from other messages. */
  readonly type: "ntlmMessage";
  /** As NTLMSSP has it, from its signature on. */
  readonly data: Uint8Array;
}

/**
 * NTLM's negotiation (client), challenge (server) and authentication (client), before SecurityResult. Known from the
 * wire alone; only the frame is read here, and no scheme speaks it.
 *
 *     0  U32  length
 *     4       data
 */
export function decodeNtlmMessage(bytes: Uint8Array, at = 0): NtlmMessage {
  return { type: "ntlmMessage", data: view(bytes, at + 4, u32(bytes, at)) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit` */
export function extentOfNtlmMessage(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return end - at < 4 ? 4 : 4 + within("maxVendorLength", u32(bytes, at), limits);
}

/** The message's bytes. */
export function encodeNtlmMessage({ data }: NtlmMessage): Uint8Array {
  const bytes = new Uint8Array(4 + data.length);
  putU32(bytes, 0, data.length);
  bytes.set(data, 4);
  return bytes;
}
