/**
 * Where `needle` first occurs in `source`, looking from `start` on; -1 where it does not. An empty needle never does.
 * A negative `start` counts from the end of `source`.
 */
export function indexOfNeedle(source: Uint8Array, needle: Uint8Array, start = 0): number {
  const first = needle[0];
  if (first === undefined) return -1;
  const last = source.length - needle.length;
  // TypedArray's own indexOf is native code, and counts a negative start from the end too.
  for (let at = source.indexOf(first, start); at >= 0 && at <= last; at = source.indexOf(first, at + 1)) {
    let matched = 1;
    while (matched < needle.length && source[at + matched] === needle[matched]) matched++;
    if (matched === needle.length) return at;
  }
  return -1;
}
