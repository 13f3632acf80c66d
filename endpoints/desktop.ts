import type { Compression } from "../codec/compression.ts";
import type { Cursor } from "../codec/encodings/cursor.ts";
import type { Limits } from "../codec/limits.ts";
import type { Surface } from "../codec/pixels.ts";

/** What all clients of a server are served, as it is now. A value is new where it is another object, not where it differs. */
export interface Desktop {
  picture: Surface;
  /** UTF-8. */
  name: Uint8Array;
  cursor: Cursor | undefined;
  /** Bit 0 scroll lock, bit 1 num lock, bit 2 caps lock. */
  ledState: number | undefined;
  clipboard: { readonly text: string } | undefined;
  /** How often it has rung. */
  bells: number;
  readonly compression: Compression;
  readonly limits: Limits;
}
