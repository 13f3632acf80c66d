import type { Session } from "../session.ts";
import { available, type Input } from "../wire.ts";
import { decodeFramebufferUpdateRequest, type FramebufferUpdateRequest } from "./framebuffer_update_request.ts";
import { decodeKeyEvent, type KeyEvent } from "./key_event.ts";
import { decodePointerEvent, type PointerEvent } from "./pointer_event.ts";

/** What a client sends by the thousand. */
export type FrequentClientMessage = FramebufferUpdateRequest | KeyEvent | PointerEvent;

/** Whether {@link takeFrequentClientMessage} may be asked: the numbers mean what RFC 6143 says. */
export function hasFrequentClientMessages({ phase, dialect }: Session): boolean {
  return phase === "normal" && dialect !== "aten";
}

/**
 * Takes the next message, where it is one of these, without a look into the tables. Undefined says nothing of what is
 * there: the last bytes of a chunk are left to those who can tell whether they are a message.
 */
export function takeFrequentClientMessage(input: Input): FrequentClientMessage | undefined {
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
}

const LONGEST = 10;
