import { concat } from "@std/bytes";
import { type ClientMessage, encodeClientMessage } from "../codec/client/mod.ts";
import { type ClientEvent, createClientFramer } from "../codec/framer.ts";
import type { Limits } from "../codec/limits.ts";
import { Encoding } from "../codec/names.ts";
import { observe, type Session } from "../codec/session.ts";
import { type Link, readFrom } from "../endpoints/link.ts";
import type { RelaySide } from "./relay.ts";

/**
 * What becomes of a client's message on its way to the server: the same, another in its place, or undefined, and it is
 * dropped.
 */
export type ClientPolicy = (message: ClientMessage) => ClientMessage | undefined;

/** Lets a client see, and do nothing: no key, pointer, clipboard or file, no other size, and nobody else is thrown out. */
export function viewOnly(message: ClientMessage): ClientMessage | undefined {
  switch (message.type) {
    case "clientInit":
      return { ...message, sharedFlag: 1 };
    case "setPixelFormat":
    case "setEncodings":
    case "framebufferUpdateRequest":
    case "enableContinuousUpdates":
    case "clientFence":
      return message;
    default:
      return undefined;
  }
}

/** The client's side of a relay, as far as the policy lets it pass. The session is the client's, security done. */
export function underPolicy(
  { link, rest }: RelaySide,
  session: Session,
  policy: ClientPolicy,
  limits: Limits,
): RelaySide {
  const { transport, ahead } = link;
  const source: Link<unknown> = { handshake: undefined, transport, ahead };
  const framer = createClientFramer(limits);
  let now = session;
  framer.push(rest);

  function* passing(): Generator<Uint8Array> {
    for (let event = framer.next(now); event !== undefined; event = framer.next(now)) {
      now = observe(now, "client", event);
      const bytes = bytesOf(event);
      if (bytes !== undefined) yield bytes;
    }
  }

  function bytesOf(event: ClientEvent): Uint8Array | undefined {
    if (event.type === "skippedMessage" || event.type === "unknownMessage") return undefined;
    const message = policy(event);
    if (message?.type === "setEncodings") return encodeClientMessage(withoutUnseen(message));
    return message === event ? framer.raw() : message && encodeClientMessage(message);
  }

  async function read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const bytes = concat([...passing()]);
      if (bytes.length > 0) return bytes;
      const chunk = await readFrom(source);
      if (chunk === undefined) {
        framer.end();
        return undefined;
      }
      framer.push(chunk);
    }
  }

  return { link: { handshake: undefined, transport: { ...transport, read } }, rest: new Uint8Array(0) };
}

/** Once the server agrees to it, a PointerEvent may be longer; and what the server says is not read here. */
function withoutUnseen<Message extends { readonly encodingTypes: readonly number[] }>(message: Message): Message {
  const encodingTypes = message.encodingTypes.filter((type) => type !== Encoding.ExtendedMouseButtons);
  return { ...message, encodingTypes };
}
