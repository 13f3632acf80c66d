import type { Layout } from "./layout.ts";
import { type Limits, within } from "./limits.ts";
import { putU8, putU32, s32, u32, view } from "./wire.ts";

// ClientCutText and ServerCutText: U8 message-type, padding, U32 length, text.

export function decodeCutText(bytes: Uint8Array, at: number): Uint8Array {
  return view(bytes, at + 8, u32(bytes, at + 4));
}

export function extentOfCutText(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 8) return 8;
  return 8 + within("maxCutTextLength", u32(bytes, at + 4), limits);
}

export function encodeCutText(messageType: number, text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + text.length);
  putU8(bytes, 0, messageType);
  putU32(bytes, 4, text.length);
  bytes.set(text, 8);
  return bytes;
}

/**
 * All bytes of a cut text whose head, of `headLength`, says that more of it come than the limits allow; undefined where
 * it may be read. Nobody cuts 2 GB: whoever says so means a negative length, or harm.
 */
export function skipExtentOfCutText(headLength: number, length: number, limits: Limits): number | undefined {
  return length > limits.maxCutTextLength && length <= 0x7fffffff ? headLength + length : undefined;
}

/**
 * A cut text, plain or extended: a negative length tells, but only once the client has listed ExtendedClipboard. To
 * those who have not agreed on it, it is text of 2 GB or more.
 */
export function eitherCutText<Message>(plain: Layout<Message>, extended: Layout<Message>): Layout<Message> {
  return {
    extentOf(bytes, at, end, limits, session) {
      if (end - at < 8) return 8;
      const layout = session.extendedClipboard && s32(bytes, at + 4) < 0 ? extended : plain;
      return layout.extentOf(bytes, at, end, limits, session);
    },
    skipExtentOf(bytes, at, end, limits, session) {
      if (end - at < 8) return undefined;
      const length = s32(bytes, at + 4);
      return skipExtentOfCutText(8, session.extendedClipboard && length < 0 ? -length : length >>> 0, limits);
    },
    decode(bytes, at, session) {
      const layout = session.extendedClipboard && s32(bytes, at + 4) < 0 ? extended : plain;
      return layout.decode(bytes, at, session);
    },
  };
}
