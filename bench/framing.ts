import { createClientFramer, createServerFramer } from "../codec/framer.ts";
import { observe, type Session } from "../codec/session.ts";
import { SESSION } from "./streams.ts";

/** Frames a client's chunks as an endpoint does, and counts the messages. */
export function frameClient(chunks: readonly Uint8Array[]): number {
  const framer = createClientFramer();
  let session = SESSION;
  let messages = 0;
  for (const chunk of chunks) {
    framer.push(chunk);
    for (let event = framer.next(session); event !== undefined; event = framer.next(session)) {
      session = observe(session, "client", event);
      messages++;
    }
  }
  return messages;
}

/** Frames a server's chunks as an endpoint does, and adds up the bytes that its events stand for: updates alone. */
export function frameServer(chunks: readonly Uint8Array[], initial: Session = SESSION): number {
  const framer = createServerFramer();
  let session = initial;
  let bytes = 0;
  for (const chunk of chunks) {
    framer.push(chunk);
    for (let event = framer.next(session); event !== undefined; event = framer.next(session)) {
      session = observe(session, "server", event);
      if (event.type === "rectanglePayload") bytes += event.bytes.length;
      else if (event.type === "rectangle") bytes += 12;
      else if (event.type === "framebufferUpdate") bytes += 4;
    }
  }
  return bytes;
}
