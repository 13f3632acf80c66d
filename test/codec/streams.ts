import type { ClientMessage } from "../../codec/client/mod.ts";
import { encodeCopyRect, encodeDesktopSize, encodeLastRect } from "../../codec/encodings/mod.ts";
import type { Framer, ServerEvent } from "../../codec/framer.ts";
import { encodeFramebufferUpdate, encodeRectangle } from "../../codec/server/mod.ts";
import { NEW_SESSION, observe, type Session } from "../../codec/session.ts";
import { hex, join, latin1 } from "./bytes.ts";

/** What a framer made of a stream. */
export interface Run {
  /** Payloads joined: where a chunk ends is no part of what was said. */
  readonly events: readonly (ClientMessage | ServerEvent)[];
  readonly session: Session;
  /** All of raw(), joined. */
  readonly raw: Uint8Array;
  readonly consumed: number;
  /** What next() has thrown, if it did. */
  readonly error: unknown;
}

/** Pushes the chunks one by one, pulls all that comes after each, and tells the session of it. */
export function runFramer(
  framer: Framer<ClientMessage> | Framer<ServerEvent>,
  from: "client" | "server",
  start: Session,
  chunks: readonly Uint8Array[],
  saw: (event: ClientMessage | ServerEvent, session: Session) => void = () => {},
): Run {
  const events: (ClientMessage | ServerEvent)[] = [];
  const raw: Uint8Array[] = [];
  let payload: Uint8Array[] = [];
  let session = start;
  let pulls = 0;
  let most = 16;
  try {
    for (const chunk of chunks) {
      // An event takes a byte, but for the empty payload of a rectangle and the end of an update.
      most += 3 * chunk.length;
      framer.push(chunk);
      for (;;) {
        const event = framer.next(session);
        if (event === undefined) break;
        if (++pulls > most) throw new Error(`More events than bytes allow: ${pulls}`);
        raw.push(framer.raw().slice());
        saw(event, session);
        session = observe(session, from, event);
        if (event.type !== "rectanglePayload") {
          events.push(event);
          continue;
        }
        payload.push(event.bytes.slice());
        if (!event.last) continue;
        events.push({ type: "rectanglePayload", bytes: join(payload), last: true });
        payload = [];
      }
    }
  } catch (error) {
    return { events, session, raw: join(raw), consumed: framer.consumed(), error };
  }
  return { events, session, raw: join(raw), consumed: framer.consumed(), error: undefined };
}

/** A session in which messages are framed: 8 bits a pixel, 20 × 10. */
export const NORMAL: Session = {
  ...NEW_SESSION,
  phase: "normal",
  version: "3.8",
  framebufferWidth: 20,
  framebufferHeight: 10,
  pixelFormat: {
    bitsPerPixel: 8,
    depth: 8,
    bigEndianFlag: 0,
    trueColourFlag: 1,
    redMax: 7,
    greenMax: 7,
    blueMax: 3,
    redShift: 5,
    greenShift: 2,
    blueShift: 0,
  },
};

export function update(numberOfRectangles: number, ...rectangles: readonly Uint8Array[]): Uint8Array {
  return join([encodeFramebufferUpdate({ type: "framebufferUpdate", numberOfRectangles }), ...rectangles]);
}

export function rectangleHead(x: number, y: number, width: number, height: number, encodingType: number): Uint8Array {
  return encodeRectangle({ type: "rectangle", x, y, width, height, encodingType });
}

export function raw(x: number, y: number, width: number, height: number, pixels: Uint8Array): Uint8Array {
  return join([rectangleHead(x, y, width, height, 0), pixels]);
}

export function copyRect(x: number, y: number, width: number, height: number, srcX: number, srcY: number): Uint8Array {
  return join([rectangleHead(x, y, width, height, 1), encodeCopyRect({ srcX, srcY })]);
}

export const desktopSize = (width: number, height: number): Uint8Array => encodeDesktopSize({ width, height });
export const lastRect = encodeLastRect;

/** ClientInit and one of each message, all recorded: of xtigervnc-messages, x11vnc-pseudo and qemu-raw-rgb565be. */
export const CLIENT_STREAM: Uint8Array = join([
  hex("01"),
  hex("00000000 10100101001f003f001f0b0500 000000"),
  hex("02000002 00000000 00000001"),
  hex("03000000000002d00190"),
  hex("040100000000ffe5"),
  hex("05010032003c"),
  hex("06000000 0000000f 66726f6d2074686520636c69656e74"),
  hex("06000000 00000000"),
  hex("03010000000002d00190"),
]);

/** ServerInit of 3 × 2 pixels of 8 bits, and one of each thing that a server says. */
export const SERVER_STREAM: Uint8Array = join([
  hex("0003 0002 08080001000700070003050200 000000 00000002 6f6b"),
  hex("010000fe0002 ffff80000000 000102030405"),
  update(0),
  hex("02"),
  update(3, raw(1, 0, 2, 2, hex("11223344")), raw(3, 2, 0, 0, hex("")), copyRect(0, 1, 2, 1, 1, 0)),
  update(2, desktopSize(4, 3), raw(3, 2, 1, 1, hex("55"))),
  update(0xffff, raw(0, 0, 1, 1, hex("66")), lastRect()),
  hex("03000000 0000000b"),
  latin1("line\nsecond"),
  hex("0202"),
]);

/** The session in which {@link SERVER_STREAM} and {@link CLIENT_STREAM} begin. */
export const BEFORE_SERVER_INIT: Session = { ...NEW_SESSION, phase: "serverInit", version: "3.8" };
export const BEFORE_CLIENT_INIT: Session = { ...NEW_SESSION, phase: "clientInit", version: "3.8" };
