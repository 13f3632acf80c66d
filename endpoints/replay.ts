import type { Compression } from "../codec/compression.ts";
import { RfbError } from "../codec/errors.ts";
import { createFramebuffer, type Framebuffer } from "../codec/framebuffer.ts";
import {
  type ClientEvent,
  createClientFramer,
  createServerFramer,
  type Framer,
  type FramerExtensions,
  type ServerEvent,
} from "../codec/framer.ts";
import { DEFAULT_LIMITS, type Limits } from "../codec/limits.ts";
import { NEW_SESSION, observe, type Session, type SessionEvent } from "../codec/session.ts";
import type { CreateSurface } from "../codec/surfaces.ts";
import { append, available, createInput, drain, type Input } from "../codec/wire.ts";
import { createRecordedHandshake, type HandshakeOutcome } from "./recorded_handshake.ts";

/** A run of bytes that passed in one direction. */
export interface RecordedChunk {
  /** Who has sent it. */
  readonly from: "client" | "server";
  /** Bytes. */
  readonly length: number;
}

/** All that passed between a client and a server, from the first byte on. */
export interface Recording {
  /** All that the server has sent. */
  readonly server: Uint8Array;
  /** All that the client has sent. */
  readonly client: Uint8Array;
  /**
   * In which order the bytes passed. Absent: the client's first, up to its first request for an update, then all of
   * the server's, then the rest.
   */
  readonly chunks?: readonly RecordedChunk[];
}

/** How to play a recording. */
export interface ReplayOptions {
  /** Needed by encodings that compress. */
  readonly compression?: Compression;
  /** What the peer may ask for; {@link DEFAULT_LIMITS} when absent. */
  readonly limits?: Limits;
  /** Makes what is drawn on; plain memory when absent. `createSimdSurface` of `simd` makes what is drawn on faster. */
  readonly createSurface?: CreateSurface;
  /** What else the framers are to know. */
  readonly extensions?: FramerExtensions;
  /** Bytes that are handed over at once, at most; as recorded when absent. */
  readonly chunkLength?: number;
  /** Where message numbers mean something of a vendor's own. */
  readonly dialect?: Session["dialect"];
  /** Sees every event, once the session and the picture have. */
  readonly saw?: (from: "client" | "server", event: ClientEvent | ServerEvent, session: Session) => void;
}

/** What came of it. */
export interface Replay {
  /** Where the handshake has led; undefined where it did not end well. */
  readonly outcome: HandshakeOutcome | undefined;
  /** What one of the two did wrong, with the offset in its stream; `truncated` where a stream ends within a message. */
  readonly error: RfbError | undefined;
  /** As it was at the end. */
  readonly session: Session;
  /** The picture at the end. */
  readonly framebuffer: Framebuffer;
  /** Bytes of whole messages, and of an update's parts that were whole. */
  readonly serverBytesConsumed: number;
  /** How far the client's bytes were read. */
  readonly clientBytesConsumed: number;
}

/** Plays a recorded connection through framers and decoders. Chunks may be longer than their streams, but not shorter. */
export function replay(recording: Recording, options: ReplayOptions = {}): Replay {
  const { limits = DEFAULT_LIMITS, extensions = {}, saw = () => {} } = options;
  const framebuffer = createFramebuffer(options);
  const server = inputOf(recording.server);
  const client = inputOf(recording.client);
  const handshake = createRecordedHandshake(
    { ...NEW_SESSION, dialect: options.dialect ?? "standard" },
    server,
    client,
    limits,
  );
  let session: Session = NEW_SESSION;
  let outcome: HandshakeOutcome | undefined;
  let error: RfbError | undefined;
  const serverStream = createStream(createServerFramer(limits, extensions), server, "server");
  const clientStream = createStream(createClientFramer(limits, extensions), client, "client");

  try {
    outcome = handshake.read();
    session = handshake.session;
    if (outcome === "messages") playMessages();
  } catch (fault) {
    if (!(fault instanceof RfbError)) throw fault;
    error = fault;
    if (outcome === undefined) session = handshake.session;
  }
  return {
    outcome,
    error,
    session,
    framebuffer,
    serverBytesConsumed: serverStream.consumed(),
    clientBytesConsumed: clientStream.consumed(),
  };

  function playMessages(): void {
    serverStream.begin();
    clientStream.begin();
    if (recording.chunks === undefined) {
      clientStream.play(recording.client.length, (event) => event.type === "framebufferUpdateRequest");
      serverStream.play(recording.server.length);
      clientStream.play(recording.client.length);
    } else {
      for (const { from, length } of recording.chunks) (from === "server" ? serverStream : clientStream).play(length);
    }
    serverStream.end();
    clientStream.end();
  }

  function createStream<Event extends ClientEvent | ServerEvent>(
    framer: Framer<Event>,
    input: Input,
    from: "client" | "server",
  ): Stream<Event> {
    let rest: Uint8Array | undefined; // what no framer has got yet
    let passed = 0; // bytes of it
    let before = 0; // bytes of the handshake
    const bytes = from === "server" ? recording.server : recording.client;
    let allowed = 0;
    let payloadAt = 0; // where the present rectangle's payload begins
    return {
      begin() {
        before = input.start;
        rest = drain(input);
      },
      // The chunks of the handshake are over already: only what goes beyond it is left to play.
      play(length, isEnough = () => false) {
        allowed = Math.min(bytes.length, allowed + length);
        const most = options.chunkLength ?? Number.POSITIVE_INFINITY;
        while (rest !== undefined && before + passed < allowed) {
          const step = Math.min(most, allowed - before - passed);
          framer.push(rest.subarray(passed, passed + step));
          passed += step;
          if (pull(isEnough)) return;
        }
        pull(isEnough);
      },
      end() {
        rebasing(() => framer.end());
      },
      consumed: () => (rest === undefined ? bytes.length - available(input) : before + framer.consumed()),
    };

    function pull(isEnough: (event: Event) => boolean): boolean {
      for (;;) {
        const event = rebasing(() => framer.next(session));
        if (event === undefined) return false;
        if (event.type === "rectangle") payloadAt = before + framer.consumed();
        take(event);
        saw(from, event, session);
        if (isEnough(event)) return true;
      }
    }

    /** Faults get the offset that they have in the whole stream. */
    function rebasing<Result>(read: () => Result): Result {
      try {
        return read();
      } catch (fault) {
        throw fault instanceof RfbError ? fault.rebased(before, framer.consumed()) : fault;
      }
    }

    function take(event: Event): void {
      try {
        session = observe(session, from, event as SessionEvent);
        if (from === "server") framebuffer.apply(event as ServerEvent, session);
      } catch (fault) {
        throw fault instanceof RfbError ? fault.within(payloadAt) : fault;
      }
    }
  }
}

interface Stream<Event> {
  begin(): void;
  play(length: number, isEnough?: (event: Event) => boolean): void;
  end(): void;
  consumed(): number;
}

function inputOf(bytes: Uint8Array): Input {
  const input = createInput();
  append(input, bytes);
  return input;
}
