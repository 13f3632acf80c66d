import type { UnsharedBytes, WebSocketLike } from "./websocket.ts";

/** What we ask of an `RTCDataChannel`. */
export interface DataChannelLike {
  /** `arraybuffer` once a transport has it. */
  binaryType: string;
  /** `bufferedamountlow` comes when no more bytes than this wait. */
  bufferedAmountLowThreshold: number;
  /** `connecting`, `open`, `closing` or `closed`. */
  readonly readyState: string;
  /** Bytes that wait to be sent. */
  readonly bufferedAmount: number;
  /** Messages come in the order in which they were sent. */
  readonly ordered: boolean;
  /** Milliseconds after which a message is given up; null: none ever is. */
  readonly maxPacketLifeTime: number | null;
  /** How often a message is sent again; null: until it has come. */
  readonly maxRetransmits: number | null;
  /** Sends one message. */
  send(bytes: UnsharedBytes): void;
  /** Ends the channel. */
  close(): void;
  /** Calls for each message. */
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  /** Calls for what happens to the channel. */
  addEventListener(type: "bufferedamountlow" | "close" | "error", listener: (event: object) => void): void;
}

/**
 * A channel as a WebSocket of the `ws` package's kind, which says when bytes have been sent. A channel takes messages of
 * a bounded length, and no more than it has room for: what is to be sent waits here.
 */
export function asWebSocket(channel: DataChannelLike, maxMessageSize: number): WebSocketLike {
  const outgoing: { readonly bytes: UnsharedBytes; readonly sent?: (() => void) | undefined }[] = [];
  let waiting = 0; // bytes in `outgoing`
  let isEnding = false;
  channel.bufferedAmountLowThreshold = LOW_WATER;
  channel.addEventListener("bufferedamountlow", pump);

  function pump(): void {
    while (outgoing.length > 0 && channel.readyState === "open" && channel.bufferedAmount <= LOW_WATER) {
      const { bytes, sent } = outgoing.shift()!;
      waiting -= bytes.length;
      try {
        channel.send(bytes);
      } catch (error) {
        drop(); // what comes after would be read in its place
        throw error;
      }
      sent?.();
    }
    if (isEnding && outgoing.length === 0) channel.close();
  }

  function drop(): void {
    outgoing.length = waiting = 0;
    channel.close();
  }

  return {
    get binaryType() {
      return channel.binaryType;
    },
    set binaryType(type) {
      channel.binaryType = type;
    },
    get readyState() {
      return READY_STATES.indexOf(channel.readyState);
    },
    get bufferedAmount() {
      return waiting + channel.bufferedAmount;
    },
    send(bytes, sent) {
      for (let at = 0; at < bytes.length; at += maxMessageSize) {
        const isLast = at + maxMessageSize >= bytes.length;
        outgoing.push({ bytes: bytes.subarray(at, at + maxMessageSize), sent: isLast ? sent : undefined });
      }
      waiting += bytes.length;
      pump();
    },
    close() {
      isEnding = true;
      pump();
    },
    terminate: drop,
    addEventListener(type: never, listener: never) {
      channel.addEventListener(type, listener);
    },
  };
}

/** A WebSocket's states, by number. */
const READY_STATES: readonly string[] = ["connecting", "open", "closing", "closed"];

/** More is sent once no more than this is buffered, in bytes. */
const LOW_WATER = 128 * 1024;
