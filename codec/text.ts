/**
 * Strings on the wire, shown to people. The codec keeps them as bytes: their encoding was
 * never settled, and a proxy may not mend them.
 *
 * @module
 */

/**
 * Text for a person to read: UTF-8 where the bytes are that, else Latin-1, in one line. QEMU counts a terminating NUL as part
 * of its reasons: the ends are trimmed. It is still a peer's words: escape it for HTML.
 *
 *     textOf(new TextEncoder().encode("in use\0")); // "in use"
 *
 * @param maximum the most bytes that the text may take as UTF-8; it is cut between characters
 */
export function textOf(bytes: Uint8Array, maximum: number = Number.POSITIVE_INFINITY): string {
  const text = printable(contentOf(bytes));
  if (text.length * 3 <= maximum) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maximum));
  return text.slice(0, read);
}

/** The text, trimmed, with control characters turned into spaces: a log line stays one line, and a terminal is not driven by a peer. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

/** UTF-8 bytes of a text of ours. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** All of a text: UTF-8 where the bytes are that, else Latin-1. Line ends and control characters stay: it is not for showing. */
export function contentOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Not TextDecoder("latin1"): that label means windows-1252.
    // In blocks: a string that grows by characters takes 32 bytes for each of them, until it is read.
    const blocks: string[] = [];
    for (let at = 0; at < bytes.length; at += BLOCK)
      blocks.push(String.fromCharCode(...bytes.subarray(at, at + BLOCK)));
    return blocks.join("");
  }
}

/** By far fewer than the arguments that a call may have. */
const BLOCK = 8192;
