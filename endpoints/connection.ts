import type { Framer } from "../codec/framer.ts";
import type { Rectangle } from "../codec/server/rectangle.ts";
import { observe, type Session, type SessionEvent } from "../codec/session.ts";
import type { Transport } from "../transports/transport.ts";

/** One end of a connection that has passed security: events in, messages out, and what both have agreed on. */
export interface Connection<Incoming, Outgoing> {
  /**
   * The next event of the peer, or undefined once it has closed. Views in it are valid until the next call.
   *
   * @throws {RfbError} what the peer did wrong; `truncated`: it closed within a message
   */
  next(): Promise<Incoming | undefined>;
  /**
   * Sends one message. Resolves when the transport can take more. Messages go out in the order of the calls, so
   * nothing else may be sent between a FramebufferUpdate and the last of its rectangles.
   *
   * @throws {RangeError} a field that does not fit the wire
   */
  send(message: Outgoing): Promise<void>;
  /** Sends bytes as they are: rectangles, or a whole update that nothing shall come in between of. */
  sendBytes(bytes: Uint8Array): Promise<void>;
  /** Tells the session of what {@link Connection.sendBytes} is about to send, and answers with it. */
  observe(event: Outgoing | Rectangle): Session;
  /** Sends what was written, then ends the connection. */
  close(): Promise<void>;
  /** As both sides' messages have made it so far. */
  readonly session: Session;
  /** What carries it; after TLS another than before. */
  readonly transport: Transport;
}

interface ConnectionOptions<Incoming, Outgoing> {
  readonly role: "client" | "server";
  readonly transport: Transport;
  readonly session: Session;
  readonly framer: Framer<Incoming>;
  /** What came along with the last bytes of the handshake. */
  readonly rest: Uint8Array;
  readonly encode: (message: Outgoing) => Uint8Array;
}

/** Puts a transport, a framer and a session together. */
export function createConnection<Incoming extends SessionEvent, Outgoing extends SessionEvent>(
  options: ConnectionOptions<Incoming, Outgoing>,
): Connection<Incoming, Outgoing> {
  const { role, transport, framer, encode } = options;
  const peer = role === "client" ? "server" : "client";
  let { session } = options;
  let isClosed = false; // by us: the peer could not end what it was in the middle of
  framer.push(options.rest);
  return {
    async next() {
      for (;;) {
        const event = framer.next(session);
        if (event !== undefined) {
          session = observe(session, peer, event);
          return event;
        }
        const chunk = await transport.read();
        if (chunk === undefined) {
          if (!isClosed) framer.end();
          return undefined;
        }
        framer.push(chunk);
      }
    },
    async send(message) {
      const bytes = encode(message);
      session = observe(session, role, message);
      await transport.write(bytes);
    },
    sendBytes: (bytes) => transport.write(bytes),
    observe(event) {
      session = observe(session, role, event);
      return session;
    },
    close() {
      isClosed = true;
      return transport.close();
    },
    get session() {
      return session;
    },
    transport,
  };
}
