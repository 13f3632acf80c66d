import { type Limits, within } from "../../limits.ts";
import { putU8, putU32, u32, view } from "../../wire.ts";

/** A line of a chat, or a signal that a chat begins or ends. */
export interface TextChat {
  /** Tells it from other messages. */
  readonly type: "textChat";
  /** Whether it is a line or a signal. */
  readonly action: "text" | "open" | "close" | "finished";
  /** Of a "text"; empty in a signal. Latin-1, or UTF-8 where both sides are recent. */
  readonly text: Uint8Array;
}

/**
 * TextChat, either way: libvncserver's and UltraVNC's rfbproto.h.
 *
 *     0  U8   message-type 11
 *     1       padding
 *     4  U32  length; 0xFFFFFFFF open, 0xFFFFFFFE close, 0xFFFFFFFD finished, none of them with a text
 *     8       text
 */
export function decodeTextChat(bytes: Uint8Array, at = 0): TextChat {
  const length = u32(bytes, at + 4);
  const action = SIGNALS[0xffffffff - length] ?? "text";
  return { type: "textChat", action, text: view(bytes, at + 8, action === "text" ? length : 0) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfTextChat(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 8) return 8;
  const length = u32(bytes, at + 4);
  return SIGNALS[0xffffffff - length] === undefined ? 8 + within("maxTextChatLength", length, limits) : 8;
}

/** The message's bytes. @throws {RangeError} a signal with a text */
export function encodeTextChat({ action, text }: TextChat): Uint8Array {
  const bytes = new Uint8Array(8 + text.length);
  putU8(bytes, 0, 11);
  if (action === "text") {
    putU32(bytes, 4, text.length);
    bytes.set(text, 8);
    return bytes;
  }
  if (text.length > 0) throw new RangeError(`Cannot write a TextChat "${action}" with a text`);
  putU32(bytes, 4, 0xffffffff - SIGNALS.indexOf(action));
  return bytes;
}

/** By what a length falls short of 0xFFFFFFFF. */
const SIGNALS = ["open", "close", "finished"] as const;
