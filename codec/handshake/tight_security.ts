import { type Limits, within } from "../limits.ts";
import { putS32, putU32, s32, u32 } from "../wire.ts";
import { CAPABILITY_LENGTH, type Capability, decodeCapabilities, putCapabilities } from "./capability.ts";

/** What a server with Tight security offers: tunnels first, then ways to authenticate. */
export interface TightChoices {
  /** Tells it from other messages. */
  readonly type: "tightChoices";
  /** Empty: no tunnel, or no authentication; then there is nothing for the client to choose either. */
  readonly capabilities: readonly Capability[];
}

/** What the client chose: a capability's code. */
export interface TightChoice {
  /** Tells it from other messages. */
  readonly type: "tightChoice";
  /** One of the codes that were offered. */
  readonly code: number;
}

/**
 * The tunnels, and after them the ways to authenticate, rfbproto "Tight Security Type".
 *
 *     0  U32         number-of-capabilities n
 *     4  CAPABILITY  × n
 *
 * @throws {RfbError} `truncated`
 */
export function decodeTightChoices(bytes: Uint8Array, at = 0): TightChoices {
  return { type: "tightChoices", capabilities: decodeCapabilities(bytes, at + 4, u32(bytes, at)) };
}

/**
 * Bytes this message needs, as far as `bytes[at, end)` tells.
 *
 * @throws {RfbError} `limit`: how many there are; what ATEN's boards say here counts as too many as well
 */
export function extentOfTightChoices(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 4) return 4;
  return 4 + CAPABILITY_LENGTH * within("maxTightChoices", u32(bytes, at), limits);
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeTightChoices({ capabilities }: TightChoices): Uint8Array {
  const bytes = new Uint8Array(4 + CAPABILITY_LENGTH * capabilities.length);
  putU32(bytes, 0, capabilities.length);
  putCapabilities(bytes, 4, capabilities);
  return bytes;
}

/**
 * The client's choice among {@link TightChoices}, where there were any.
 *
 *     0  S32  code
 */
export function decodeTightChoice(bytes: Uint8Array, at = 0): TightChoice {
  return { type: "tightChoice", code: s32(bytes, at) };
}

/** Always 4. */
export function extentOfTightChoice(): number {
  return 4;
}

/** The message's bytes. @throws {RangeError} a code that does not fit */
export function encodeTightChoice({ code }: TightChoice): Uint8Array {
  const bytes = new Uint8Array(4);
  putS32(bytes, 0, code);
  return bytes;
}
