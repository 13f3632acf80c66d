import {
  ClipboardAction,
  ClipboardFormat,
  clipboardBytesOf,
  clipboardTextOf,
  deflateClipboard,
  type ExtendedCutText,
  inflateClipboard,
} from "../codec/clipboard.ts";
import { type Compression, NO_COMPRESSION } from "../codec/compression.ts";
import type { Limits } from "../codec/limits.ts";

/** How clipboard messages are sent; the direction is the owner's. */
export interface ClipboardSender {
  /** Latin-1. */
  plain(text: Uint8Array): Promise<void>;
  extended(message: ExtendedCutText): Promise<void>;
}

/** One end of a shared clipboard: text, in the extended form once the peer has said that it takes it. */
export interface Clipboard {
  /** We have a new text. */
  set(text: string): Promise<void>;
  /** What the peer says in the extended form. The answer is its text, where it has provided one. */
  take(message: ExtendedCutText): string | undefined;
  /** Tells what we take. */
  sendCapabilities(): Promise<void>;
}

/** A clipboard of which neither side has told anything yet. */
export function createClipboard(send: ClipboardSender, compression: Compression, limits: Limits): Clipboard {
  let own: string | undefined;
  let peer: Peer | undefined; // undefined: it has not said that it knows the extended form
  const say = (message: ExtendedCutText): void => {
    send.extended(message).catch(() => {}); // a peer that is gone is noticed where it is read
  };
  return {
    async set(text) {
      own = text;
      if (peer === undefined || compression === NO_COMPRESSION) return send.plain(latin1Of(text));
      const data = clipboardBytesOf(text);
      if (takes(ClipboardAction.Provide) && data.length <= peer.unasked) return send.extended(provided(data));
      if (takes(ClipboardAction.Notify)) return send.extended(bare(ClipboardAction.Notify));
      return send.plain(latin1Of(text));
    },
    take(message) {
      const hasText = (message.flags & ClipboardFormat.Text) !== 0;
      if ((message.flags & ClipboardAction.Caps) !== 0) {
        // Text is the lowest bit: its size is the first.
        peer = { actions: message.flags, unasked: hasText ? message.maximumSizes[0]! : 0 };
        return undefined;
      }
      switch (message.flags & 0xff000000) {
        case ClipboardAction.Notify:
          if (hasText && takes(ClipboardAction.Request)) say(bare(ClipboardAction.Request));
          return undefined;
        case ClipboardAction.Peek:
          if (!takes(ClipboardAction.Notify)) return undefined;
          say(
            own === undefined
              ? { ...bare(ClipboardAction.Notify), flags: ClipboardAction.Notify }
              : bare(ClipboardAction.Notify),
          );
          return undefined;
        case ClipboardAction.Request:
          if (hasText && own !== undefined && takes(ClipboardAction.Provide)) say(provided(clipboardBytesOf(own)));
          return undefined;
        case ClipboardAction.Provide: {
          const contents = inflateClipboard(message, compression.createInflater(), limits, ClipboardFormat.Text);
          const text = contents.find(({ format }) => format === ClipboardFormat.Text);
          return text === undefined ? undefined : clipboardTextOf(text.data);
        }
        default:
          return undefined;
      }
    },
    sendCapabilities: () => send.extended(CAPABILITIES),
  };

  /** Who has not told is taken to take all. */
  function takes(action: number): boolean {
    return peer === undefined || (peer.actions & action) !== 0;
  }

  function provided(data: Uint8Array): ExtendedCutText {
    return deflateClipboard([{ format: ClipboardFormat.Text, data }], compression.createDeflater(6));
  }
}

/** What the other side has told of itself. */
interface Peer {
  /** Bits of {@link ClipboardAction}. */
  readonly actions: number;
  /** Bytes of text that may come unasked. */
  readonly unasked: number;
}

/** A plain cut text as Latin-1; what that lacks is a question mark. */
function latin1Of(text: string): Uint8Array {
  return Uint8Array.from(text.replaceAll("\r\n", "\n"), (character) => {
    const point = character.codePointAt(0)!;
    return point <= 0xff ? point : 0x3f;
  });
}

function bare(action: number): ExtendedCutText {
  return { flags: action | ClipboardFormat.Text, maximumSizes: [], deflated: NOTHING };
}

const NOTHING = new Uint8Array(0);

/** Text alone, and none of it unasked: what is not wanted need not travel. */
const CAPABILITIES: ExtendedCutText = {
  flags:
    ClipboardAction.Caps |
    ClipboardAction.Request |
    ClipboardAction.Peek |
    ClipboardAction.Notify |
    ClipboardAction.Provide |
    ClipboardFormat.Text,
  maximumSizes: [0],
  deflated: NOTHING,
};
