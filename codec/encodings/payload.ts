import { RfbError } from "../errors.ts";
import { encodeRectangle, RECTANGLE_LENGTH } from "../server/rectangle.ts";

/** @throws {RfbError} `truncated`, where `bytes` has fewer than `length` from `at` on */
export function expectBytes(bytes: Uint8Array, at: number, length: number, act: string): void {
  if (at + length > bytes.length) {
    throw new RfbError("truncated", act, `${bytes.length - at} bytes of ${length}`, { offset: at });
  }
}

/** @throws {RfbError} `truncated` or `trailing`: any other length */
export function expectLength(payload: Uint8Array, length: number, act: string): void {
  if (payload.length === length) return;
  const code = payload.length < length ? "truncated" : "trailing";
  throw new RfbError(code, act, `${payload.length} bytes of ${length}`);
}

/** A rectangle whose head says nothing but its encoding, and its payload. */
export function bareRectangle(encodingType: number, payload: Uint8Array = NO_PAYLOAD): Uint8Array {
  return wholeRectangle(encodingType, 0, 0, 0, 0, payload);
}

/** A rectangle's head, and its payload behind it. @throws {RangeError} a place or a size that does not fit */
export function wholeRectangle(
  encodingType: number,
  x: number,
  y: number,
  width: number,
  height: number,
  payload: Uint8Array = NO_PAYLOAD,
): Uint8Array {
  const bytes = new Uint8Array(RECTANGLE_LENGTH + payload.length);
  bytes.set(encodeRectangle({ type: "rectangle", x, y, width, height, encodingType }));
  bytes.set(payload, RECTANGLE_LENGTH);
  return bytes;
}

const NO_PAYLOAD = new Uint8Array(0);
