import { RfbError } from "./errors.ts";
import { type Limits, within } from "./limits.ts";
import { putS32, putU8, putU32, s32, u32, view } from "./wire.ts";

// ClientCutText and ServerCutText of negative length: U8 message-type, padding, S32 length, U32 flags, and what the
// flags call for.

/** Bits 0 to 15 of the flags: what is on the clipboard. */
export const ClipboardFormat = {
  /** UTF-8, lines that end with CR LF, a NUL at the end: see {@link clipboardTextOf}. */
  Text: 0x1,
  /** Microsoft's Rich Text Format. */
  Rtf: 0x2,
  /** Microsoft's HTML clipboard fragments. */
  Html: 0x4,
  /** Microsoft's device independent bitmap, version 5. */
  Dib: 0x8,
  /** Reserved: no layout has been agreed on. */
  Files: 0x10,
} as const;

/** Bits 24 to 31 of the flags: what the message does. One of them, except that `Caps` goes with all that are taken. */
export const ClipboardAction = {
  /** This is what I take. */
  Caps: 0x1000000,
  /** Provide these formats. */
  Request: 0x2000000,
  /** Notify me of what there is. */
  Peek: 0x4000000,
  /** This is what there is. */
  Notify: 0x8000000,
  /** This is the content. */
  Provide: 0x10000000,
} as const;

/** What an extended cut text says, in either direction. */
export interface ExtendedCutText {
  /** Bits of {@link ClipboardFormat} and {@link ClipboardAction}; reserved ones are kept. */
  readonly flags: number;
  /** Of Caps: for each format among the flags, lowest bit first, how many bytes may come unasked. Else empty. */
  readonly maximumSizes: readonly number[];
  /** Of Provide: a zlib stream; see {@link inflateClipboard}. Else empty. */
  readonly deflated: Uint8Array;
}

/** The bits among 0 to 15 that are set, lowest first. */
export function formatsOf(flags: number): number[] {
  const formats: number[] = [];
  for (let format = 1; format <= 0x8000; format <<= 1) if ((flags & format) !== 0) formats.push(format);
  return formats;
}

/** What the body has beyond what its flags call for is passed over. */
export function decodeExtendedCutText(bytes: Uint8Array, at: number): ExtendedCutText {
  const body = view(bytes, at + 8, -s32(bytes, at + 4));
  const flags = u32(body, 0);
  switch (actionOf(flags)) {
    case ClipboardAction.Caps: {
      const count = formatsOf(flags).length;
      if (body.length < 4 + 4 * count) {
        throw malformed(at, `capabilities of ${count} formats in ${body.length} bytes`);
      }
      const maximumSizes = Array.from({ length: count }, (_, i) => u32(body, 4 + 4 * i));
      return { flags, maximumSizes, deflated: NOTHING };
    }
    case ClipboardAction.Provide:
      return { flags, maximumSizes: [], deflated: body.subarray(4) };
    case ClipboardAction.Request:
    case ClipboardAction.Peek:
    case ClipboardAction.Notify:
      return { flags, maximumSizes: [], deflated: NOTHING };
    default:
      throw malformed(at, `no action in flags 0x${flags.toString(16).padStart(8, "0")}`);
  }
}

export function extentOfExtendedCutText(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  if (end - at < 8) return 8;
  const length = -s32(bytes, at + 4);
  // The least number has no positive counterpart: whoever negates it in 32 bits gets it back.
  if (length < 4 || length > 0x7fffffff) throw malformed(at, `a length of ${-length}`);
  return 8 + within("maxCutTextLength", length, limits);
}

export function encodeExtendedCutText(messageType: number, message: ExtendedCutText): Uint8Array {
  const { flags, maximumSizes, deflated } = message;
  const action = actionOf(flags);
  const sizes = action === ClipboardAction.Caps ? formatsOf(flags).length : 0;
  if (action === undefined || maximumSizes.length !== sizes) {
    const said = `flags 0x${flags.toString(16)} with ${maximumSizes.length} sizes`;
    throw new RangeError(`Cannot write an extended clipboard: ${said}`);
  }
  if (deflated.length > 0 && action !== ClipboardAction.Provide) {
    throw new RangeError(`Cannot write an extended clipboard: flags 0x${flags.toString(16)} provide nothing`);
  }
  const length = 4 + 4 * sizes + deflated.length;
  const bytes = new Uint8Array(8 + length);
  putU8(bytes, 0, messageType);
  putS32(bytes, 4, -length);
  putU32(bytes, 8, flags);
  for (let i = 0; i < sizes; i++) putU32(bytes, 12 + 4 * i, maximumSizes[i]!);
  bytes.set(deflated, 12);
  return bytes;
}

const NOTHING = new Uint8Array(0);

/** Undefined where it is none, or more than one of which none is Caps. */
function actionOf(flags: number): number | undefined {
  const actions = flags & 0xff000000;
  if ((actions & ClipboardAction.Caps) !== 0) return ClipboardAction.Caps;
  return Object.values(ClipboardAction).find((action) => action === actions);
}

function malformed(at: number, reason: string): RfbError {
  return new RfbError("malformed", "Cannot read an extended clipboard", reason, { offset: at });
}
