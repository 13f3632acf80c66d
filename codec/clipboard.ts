/**
 * What an extended clipboard provides: rfbproto, "Extended Clipboard Pseudo-Encoding".
 *
 * @module
 */

import type { Deflater, Inflater } from "./compression.ts";
import { RfbError } from "./errors.ts";
import { ClipboardAction, type ExtendedCutText, formatsOf } from "./extended_cut_text.ts";
import { DEFAULT_LIMITS, type Limits, within } from "./limits.ts";
import { bytesOf } from "./text.ts";
import { append, available, createInput, putU32, u32 } from "./wire.ts";

export { ClipboardAction, ClipboardFormat, type ExtendedCutText } from "./extended_cut_text.ts";

/** The clipboard's content in one format. */
export interface ClipboardContent {
  /** One bit of {@link ClipboardFormat}. */
  readonly format: number;
  /** In that format. */
  readonly data: Uint8Array;
}

/**
 * What a message whose action is Provide has on offer, lowest format first. Its stream, for each format:
 *
 *     0  U32  size
 *     4       data
 *
 * @param inflater a new one, which is closed in the end: the stream is the message's own. It may end in a flush instead of
 *   an end, as TigerVNC's does
 * @param wanted formats to be kept: others are passed over, and what is behind the last one is not looked at
 * @throws {RfbError} what the inflater finds; `limit`: a format's size; `truncated`: less than the sizes say
 * @throws {TypeError} a message that provides nothing
 */
export function inflateClipboard(
  message: ExtendedCutText,
  inflater: Inflater,
  limits: Limits = DEFAULT_LIMITS,
  wanted: number = 0xffff,
): ClipboardContent[] {
  const formats = formatsOf(message.flags);
  const input = createInput();
  let at = 0;
  let most = formats.length * (4 + limits.maxClipboardLength);
  const contents: ClipboardContent[] = [];
  try {
    if ((message.flags & 0xff000000) !== ClipboardAction.Provide) {
      throw new TypeError(`Cannot inflate a clipboard: flags 0x${message.flags.toString(16)} provide nothing`);
    }
    for (const format of formats) {
      if (format > wanted) break;
      const size = within("maxClipboardLength", u32(take(4, format), 0), limits);
      const data = take(size, format);
      if ((format & wanted) !== 0) contents.push({ format, data });
    }
  } finally {
    inflater.close?.();
  }
  return contents;

  // In small pieces, of which each can become a thousand times as long: a size is judged before what it counts is there.
  function take(length: number, format: number): Uint8Array {
    while (available(input) < length) {
      if (at >= message.deflated.length) throw truncated(format, available(input), length);
      const inflated = inflater.inflate(message.deflated.subarray(at, at + PIECE), most);
      at += PIECE;
      most -= inflated.length;
      append(input, new Uint8Array(inflated)); // a copy: what an inflater brings out is its own
    }
    input.start += length;
    return input.bytes.slice(input.start - length, input.start);
  }
}

/**
 * The rest of a message that provides these contents:
 * `{ type: "extendedClientCutText", ...deflateClipboard(contents, deflater) }`.
 *
 * @param deflater a new one, which is closed in the end: the stream is the message's own
 * @throws {RangeError} a format that is not one of 16 bits, or there twice
 */
export function deflateClipboard(contents: readonly ClipboardContent[], deflater: Deflater): ExtendedCutText {
  try {
    const [formats, bytes] = joined(contents);
    return { flags: ClipboardAction.Provide | formats, maximumSizes: [], deflated: deflater.deflate(bytes) };
  } finally {
    deflater.close?.();
  }
}

/** The formats' bits, and their contents with sizes. */
function joined(contents: readonly ClipboardContent[]): [formats: number, bytes: Uint8Array] {
  const ordered = contents.toSorted((one, other) => one.format - other.format);
  const bytes = new Uint8Array(ordered.reduce((length, { data }) => length + 4 + data.length, 0));
  let formats = 0;
  let at = 0;
  for (const { format, data } of ordered) {
    if (formatsOf(format)[0] !== format || (formats & format) !== 0) {
      throw new RangeError(
        `Cannot provide a clipboard: format 0x${format.toString(16)} is not one bit, or there twice`,
      );
    }
    formats |= format;
    putU32(bytes, at, data.length);
    bytes.set(data, at + 4);
    at += 4 + data.length;
  }
  return [formats, bytes];
}

/** The text in the content of format Text: UTF-8, whose lines end with LF here, without the NUL at the end. */
export function clipboardTextOf(data: Uint8Array): string {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(data);
  return (text.endsWith("\0") ? text.slice(0, -1) : text).replaceAll("\r\n", "\n");
}

/** The content of format Text that says this: UTF-8, lines that end with CR LF whatever they ended with, and a NUL. */
export function clipboardBytesOf(text: string): Uint8Array {
  return bytesOf(`${text.replaceAll(/\r\n|\r|\n/g, "\r\n")}\0`);
}

function truncated(format: number, length: number, needed: number): RfbError {
  const reason = `${length} bytes of ${needed} for format 0x${format.toString(16)}`;
  return new RfbError("truncated", "Cannot read an extended clipboard", reason);
}

/** Bytes that are inflated at once. */
const PIECE = 1024;
