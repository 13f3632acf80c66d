import type { Session } from "../session.ts";
import { available, type Input } from "../wire.ts";
import { decodeFramebufferUpdateRequest, type FramebufferUpdateRequest } from "./framebuffer_update_request.ts";
import { decodeKeyEvent, type KeyEvent } from "./key_event.ts";
import { decodePointerEvent, type PointerEvent } from "./pointer_event.ts";

/** What a client sends by the thousand. */
export type FrequentClientMessage = FramebufferUpdateRequest | KeyEvent | PointerEvent;

/** Messages that a framer asks for before it looks into the tables. */
export interface Frequent<Message> {
  /** Whether there may be some: the session says what numbers mean. */
  mayCome(session: Session): boolean;
  /**
   * Takes the next message, where it is one of these. Undefined says nothing of what is there: the last bytes of a chunk are
   * left to those who can tell whether they are a message.
   */
  take(input: Input): Message | undefined;
}

/** Those of RFC 6143, in whose place ATEN's have other lengths. */
export const FREQUENT_CLIENT_MESSAGES: Frequent<FrequentClientMessage> = {
  mayCome: ({ phase, dialect }) => phase === "normal" && dialect !== "aten",
  take(input) {
    const { bytes, start } = input;
    if (available(input) < LONGEST) return undefined;
    switch (bytes[start]) {
      case 3:
        input.start += 10;
        return decodeFramebufferUpdateRequest(bytes, start);
      case 4:
        input.start += 8;
        return decodeKeyEvent(bytes, start);
      case 5:
        // From bit 7 on it takes the session to tell the length.
        if (bytes[start + 1]! > 0x7f) break;
        input.start += 6;
        return decodePointerEvent(bytes, start);
    }
    return undefined;
  },
};

const LONGEST = 10;
