import { concat } from "@std/bytes";
import type { ClientHandshake } from "../codec/handshake/client_handshake.ts";
import {
  decodeServerInit,
  encodeServerInit,
  extentOfServerInit,
  hasCapabilities,
} from "../codec/handshake/server_init.ts";
import { take } from "../codec/handshake/take.ts";
import type { Limits } from "../codec/limits.ts";
import type { Session } from "../codec/session.ts";
import { append, createInput, drain } from "../codec/wire.ts";
import { type Link, readFrom } from "../endpoints/link.ts";
import type { RelaySide } from "./relay.ts";

/**
 * The server's side of a relay, as this client reads it. Behind Tight, and only there, ServerInit ends in capabilities: they are
 * taken away from who has not chosen Tight, and none are named to who has, where the server knows of no such thing. Everything
 * else passes as it is.
 */
export function asClientReads(
  link: Link<ClientHandshake>,
  rest: Uint8Array,
  client: Session,
  limits: Limits,
): RelaySide {
  const { transport, ahead } = link;
  const { session } = link.handshake;
  const wanted = hasCapabilities(client);
  if (hasCapabilities(session) === wanted) return { link, rest };
  const source: Link<unknown> = { handshake: undefined, transport, ahead };
  const input = createInput();
  append(input, rest);
  let isPassed = false;
  const read = async (): Promise<Uint8Array | undefined> => {
    while (!isPassed) {
      const message = take(
        input,
        (bytes, at, end) => extentOfServerInit(bytes, at, end, limits, session),
        (bytes, at) => decodeServerInit(bytes, at, session),
        limits,
      );
      if (message !== undefined) {
        isPassed = true;
        const { capabilities: _, ...plain } = message;
        const init = wanted ? { ...plain, capabilities: NO_CAPABILITIES } : plain;
        return concat([encodeServerInit(init), drain(input)]);
      }
      const chunk = await readFrom(source);
      if (chunk === undefined) return undefined;
      append(input, chunk);
    }
    return await readFrom(source);
  };
  return { link: { handshake: undefined, transport: { ...transport, read } }, rest: new Uint8Array(0) };
}

const NO_CAPABILITIES = { serverMessages: [], clientMessages: [], encodings: [] };
