/**
 * A text in a field of fixed length: UTF-8, cut between two characters where it is too long, and a NUL; `filling`
 * stays behind it.
 */
export function credentialField(text: string, filling: Uint8Array): Uint8Array {
  const field = Uint8Array.from(filling);
  const { written } = new TextEncoder().encodeInto(text, field.subarray(0, field.length - 1));
  field[written] = 0;
  return field;
}

/** The bytes of a field ahead of its NUL, or all of them where a peer has sent none. */
export function contentOfField(field: Uint8Array): Uint8Array {
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}
