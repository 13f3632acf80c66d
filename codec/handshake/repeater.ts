/**
 * UltraVNC's repeaters: what a viewer and a server say to one ahead of the protocol proper, and its own side of both.
 *
 * @module
 */

import { RfbError } from "../errors.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { failingForEver } from "../pull.ts";
import { printable } from "../text.ts";
import { append, createInput, drain, view } from "../wire.ts";
import type { Send } from "./exchange.ts";
import { encodeProtocolVersion, type ProtocolVersion } from "./protocol_version.ts";
import { take } from "./take.ts";

/** Whom to be put through to. */
export interface RepeaterTarget {
  /** Tells it from other messages. */
  readonly type: "repeaterTarget";
  /**
   * `ID:1234`, where server and viewer name the same number; from a viewer also `host:5900`, a server that the repeater
   * connects to itself. ASCII, 1 to 249 characters.
   */
  readonly target: string;
}

/** Bytes of a {@link RepeaterTarget}, whatever it says. */
export const REPEATER_TARGET_LENGTH = 250;

/** What a repeater greets a viewer with, in the place of a server's version. */
export const REPEATER_VERSION: ProtocolVersion = Object.freeze({ type: "protocolVersion", major: 0, minor: 0 });

/** Whether a version is a repeater's, and the server's own is yet to come. */
export function isRepeaterVersion({ major, minor }: ProtocolVersion): boolean {
  return major === 0 && minor === 0;
}

/**
 * What a viewer answers a repeater's `RFB 000.000` with, and what a server begins with that is to be found through one.
 *
 *     0       target, 250 bytes: text up to the first NUL; what is behind that has no meaning
 *
 * @throws {RfbError} `malformed`: no text, no end to it, or characters that are not printable ASCII
 */
export function decodeRepeaterTarget(bytes: Uint8Array, at = 0): RepeaterTarget {
  const field = view(bytes, at, REPEATER_TARGET_LENGTH);
  const length = field.indexOf(0);
  const target = String.fromCharCode(...field.subarray(0, Math.max(0, length)));
  if (isTarget(target)) return { type: "repeaterTarget", target };
  const what = length < 0 ? "no NUL behind it" : `"${printable(target)}"`;
  throw new RfbError("malformed", "Cannot read a repeater's target", what, { offset: at });
}

/** Always 250. */
export function extentOfRepeaterTarget(): number {
  return REPEATER_TARGET_LENGTH;
}

/** The message's bytes, with zeros behind the text. @throws {RangeError} a text that is empty, too long or not ASCII */
export function encodeRepeaterTarget({ target }: RepeaterTarget): Uint8Array {
  if (!isTarget(target)) {
    throw new RangeError(`Cannot ask a repeater for ${JSON.stringify(target)}: not 1 to 249 characters of ASCII`);
  }
  const bytes = new Uint8Array(REPEATER_TARGET_LENGTH);
  for (let i = 0; i < target.length; i++) bytes[i] = target.charCodeAt(i);
  return bytes;
}

/** What a repeater wants done before it is pulled again. */
export type RepeaterStep =
  | Send
  | {
      /** Whom the peer wants, or who it is. `rest` came after, and is for whom it is put through to. */
      readonly type: "done";
      readonly target: string;
      readonly rest: Uint8Array;
    };

/** A repeater's own part of a connection: bytes in, steps out. What follows is carried to and fro as it is. */
export interface RepeaterHandshake {
  /** Adds a chunk; it is the handshake's from here on. */
  push(chunk: Uint8Array): void;
  /** The next step, or undefined: feed me. @throws {RfbError} `malformed`: what the peer wants */
  next(): RepeaterStep | undefined;
  /** The peer has closed. @throws {RfbError} `truncated`, always */
  end(): never;
}

/**
 * A repeater's side of a connection with a viewer, which it greets, or with a server, which says at once who it is.
 *
 * ```ts
 * import { createRepeaterHandshake } from "rfb-codec";
 *
 * const handshake = createRepeaterHandshake("viewer");
 * handshake.next(); // { type: "send", bytes: "RFB 000.000\n" }
 * const wanted = new Uint8Array(250);
 * wanted.set(new TextEncoder().encode("ID:1234"));
 * handshake.push(wanted);
 * handshake.next(); // { type: "done", target: "ID:1234", rest: [] }
 * ```
 */
export function createRepeaterHandshake(peer: "viewer" | "server"): RepeaterHandshake {
  const input = createInput();
  let isGreeted = peer === "server";
  return {
    push: (chunk) => append(input, chunk),
    next: failingForEver(input, () => {
      if (!isGreeted) {
        isGreeted = true;
        return { type: "send", bytes: encodeProtocolVersion(REPEATER_VERSION) } as const;
      }
      const message = take(input, extentOfRepeaterTarget, decodeRepeaterTarget, DEFAULT_LIMITS);
      return message && ({ type: "done", target: message.target, rest: drain(input) } as const);
    }),
    end() {
      throw new RfbError("truncated", "Cannot read a repeater's target", `the ${peer} closed`, {
        offset: input.base + input.end,
      });
    },
  };
}

function isTarget(text: string): boolean {
  return text.length < REPEATER_TARGET_LENGTH && /^[!-~]+$/.test(text);
}
