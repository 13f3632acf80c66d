import { putU8, putU16, u16 } from "../../wire.ts";

/** From here on the sender's encryption plugin works on the stream, and no longer on each message. */
export interface NotifyPluginStreaming {
  /** Tells it from other messages. */
  readonly type: "notifyPluginStreaming";
  /** 0: none are defined. */
  readonly flags: number;
}

/**
 * NotifyPluginStreaming, either way: UltraVNC's rfbproto.h. Only a client's is registered.
 *
 *     0  U8   message-type 80
 *     1       padding
 *     2  U16  flags
 */
export function decodeNotifyPluginStreaming(bytes: Uint8Array, at = 0): NotifyPluginStreaming {
  return { type: "notifyPluginStreaming", flags: u16(bytes, at + 2) };
}

/** Always 4. */
export function extentOfNotifyPluginStreaming(): number {
  return 4;
}

/** The message's bytes. @throws {RangeError} a field that does not fit */
export function encodeNotifyPluginStreaming({ flags }: NotifyPluginStreaming): Uint8Array {
  const bytes = new Uint8Array(4);
  putU8(bytes, 0, 80);
  putU16(bytes, 2, flags);
  return bytes;
}
