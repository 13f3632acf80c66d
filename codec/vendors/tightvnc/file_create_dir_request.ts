import type { Limits } from "../../limits.ts";
import { decodeText, encodeText, extentOfText } from "./text.ts";

/** Asks the server to make a directory. */
export interface FileCreateDirRequest {
  /** Tells it from other messages. */
  readonly type: "fileCreateDirRequest";
  /** The client's name for it: never take it for a path of your own. */
  readonly name: Uint8Array;
}

/**
 * FileCreateDirRequest: TightVNC 1.3's rfbproto.h.
 *
 *     0  U8   message-type 136
 *     1       padding
 *     2  U16  length
 *     4       name
 */
export function decodeFileCreateDirRequest(bytes: Uint8Array, at = 0): FileCreateDirRequest {
  return { type: "fileCreateDirRequest", name: decodeText(bytes, at) };
}

/** Bytes this message needs, as far as `bytes[at, end)` tells. @throws {RfbError} `limit`: the length */
export function extentOfFileCreateDirRequest(bytes: Uint8Array, at: number, end: number, limits: Limits): number {
  return extentOfText(bytes, at, end, limits);
}

/** The message's bytes. @throws {RangeError} more than 65535 */
export function encodeFileCreateDirRequest({ name }: FileCreateDirRequest): Uint8Array {
  return encodeText(136, name);
}
