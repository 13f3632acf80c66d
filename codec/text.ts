/**
 * Strings on the wire, shown to people. The codec keeps them as bytes: their encoding was
 * never settled, and a proxy may not mend them.
 *
 * @module
 */

/**
 * Text for a person to read: UTF-8 where the bytes are that, else Latin-1. Control characters
 * become spaces (a log line stays one line, a terminal is not driven by a peer), and the ends are trimmed:
 * QEMU counts a terminating NUL as part of its reasons. It is still a peer's words: escape it for HTML.
 *
 *     textOf(new TextEncoder().encode("in use\0")); // "in use"
 */
export function textOf(bytes: Uint8Array): string {
  return decoded(bytes)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
}

/** UTF-8 bytes of a text of ours. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Not TextDecoder("latin1"): that label means windows-1252.
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return text;
  }
}
