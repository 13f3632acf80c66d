import { RfbError } from "../codec/errors.ts";
import type { RecordLayer } from "../codec/handshake/exchange.ts";
import { failingForEver } from "../codec/pull.ts";
import { append, available, createInput, type Input, putU16, u16 } from "../codec/wire.ts";
import { EAX_TAG_LENGTH, openEax, sealEax } from "./eax.ts";

// A frame, rfbproto "RSA-AES Security Type":
//
//     0  U16  length
//     2       ciphertext, `length` bytes
//             tag, 16 bytes
//
// AES-EAX, the length being its associated data. The nonce counts a direction's frames from 0, little-endian.

/** One direction: bytes in, frames out. Nothing at all makes no frame. */
export function createFrameSealer(key: Uint8Array): (bytes: Uint8Array) => Uint8Array {
  const counter = new Uint8Array(16);
  return (bytes) => {
    const frames = new Uint8Array(bytes.length + FRAME_OVERHEAD * Math.ceil(bytes.length / MAXIMUM_SEALED));
    let end = 0;
    for (let at = 0; at < bytes.length; at += MAXIMUM_SEALED) {
      const clear = bytes.subarray(at, at + MAXIMUM_SEALED);
      putU16(frames, end, clear.length);
      frames.set(sealEax(key, counter, frames.subarray(end, end + 2), clear), end + 2);
      end += clear.length + FRAME_OVERHEAD;
      increment(counter);
    }
    return frames;
  };
}

/**
 * One direction: takes one frame out of the input once it is whole, and answers with what was in it; undefined before.
 *
 * @throws {RfbError} `insecure`: its tag does not match
 */
export function createFrameOpener(key: Uint8Array): (input: Input) => Uint8Array | undefined {
  const counter = new Uint8Array(16);
  return (input) => {
    const held = available(input);
    if (held < 2) return undefined;
    const { bytes, start } = input;
    const end = start + u16(bytes, start) + FRAME_OVERHEAD;
    if (input.end < end) return undefined;
    const clear = openEax(key, counter, bytes.subarray(start, start + 2), bytes.subarray(start + 2, end));
    if (clear === undefined) throw new RfbError("insecure", "Cannot open an RSA-AES frame", "its tag does not match");
    input.start = end;
    increment(counter);
    return clear;
  };
}

/**
 * Frames in both directions, for as long as the connection lasts.
 *
 * @param opened in clear already, and not read yet
 * @param held frames, the last one perhaps in part
 */
export function createFrameRecords(
  seal: (bytes: Uint8Array) => Uint8Array,
  open: (input: Input) => Uint8Array | undefined,
  opened: Uint8Array,
  held: Uint8Array,
): RecordLayer {
  const input = createInput();
  append(input, held);
  let first: Uint8Array | undefined = opened;
  return {
    seal,
    push: (chunk) => append(input, chunk),
    next: failingForEver(input, () => {
      let clear = first ?? open(input);
      first = undefined;
      while (clear?.length === 0) clear = open(input);
      return clear;
    }),
    end() {
      const cut = available(input);
      if (cut === 0 || input.hasFailed) return;
      const reason = `the peer closed after ${cut} bytes of it`;
      throw new RfbError("truncated", "Cannot open an RSA-AES frame", reason, { offset: input.base + input.start });
    },
  };
}

const FRAME_OVERHEAD = 2 + EAX_TAG_LENGTH;
/** Bytes in one frame of ours; TigerVNC sends no larger ones, and the format allows 65535. */
const MAXIMUM_SEALED = 8192;

function increment(counter: Uint8Array): void {
  for (let i = 0; i < counter.length; i++) {
    counter[i]! += 1;
    if (counter[i] !== 0) return;
  }
}
