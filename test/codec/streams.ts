import { encodeCopyRect, encodeDesktopSize, encodeLastRect } from "../../codec/encodings/mod.ts";
import type { ClientEvent, Framer, ServerEvent } from "../../codec/framer.ts";
import { Encoding } from "../../codec/names.ts";
import { encodeFramebufferUpdate, encodeRectangle } from "../../codec/server/mod.ts";
import { NEW_SESSION, observe, type Session } from "../../codec/session.ts";
import { hex, join, latin1 } from "./bytes.ts";

/** What a framer made of a stream. */
export interface Run {
  /** Payloads joined: where a chunk ends is no part of what was said. */
  readonly events: readonly (ClientEvent | ServerEvent)[];
  readonly session: Session;
  /** All of raw(), joined. */
  readonly raw: Uint8Array;
  readonly consumed: number;
  /** What next() has thrown, if it did. */
  readonly error: unknown;
}

/** Pushes the chunks one by one, pulls all that comes after each, and tells the session of it. */
export function runFramer(
  framer: Framer<ClientEvent> | Framer<ServerEvent>,
  from: "client" | "server",
  start: Session,
  chunks: readonly Uint8Array[],
  saw: (event: ClientEvent | ServerEvent, session: Session) => void = () => {},
): Run {
  const events: (ClientEvent | ServerEvent)[] = [];
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

/** A session in which both sides have agreed on all that changes what messages look like. */
export const AGREED: Session = {
  ...NORMAL,
  encodingTypes: [Encoding.ExtendedClipboard, Encoding.ExtendedMouseButtons, Encoding.NeatvncNTP],
  extendedClipboard: true,
  extendedMouseButtons: true,
};

/** What a client says besides RFC 6143, in {@link AGREED}: recorded, as far as anybody could be. */
export const EXTENDED_CLIENT_STREAM: Uint8Array = join([
  hex("05 80 0032 003c 02"),
  hex("05 7f 0032 003c"),
  hex("06000000 fffffff8 1f000001 00000000"),
  hex("06000000 fffffffc 08000001"),
  hex("06000000 fffffff9 10000001 789c03"),
  hex("06000000 00000001 61"),
  hex("0f020000"),
  hex("96 01 0000 0000 0190 012c"),
  hex("a0000000 00000001 00000002 00000003 00000004"),
  hex("f8000000 80000001 02 0102"),
  hex("fa000102"),
  hex("fb00 01f4 015e 01 00 00000000 0000 0000 01f4 015e 00000000"),
  hex("fd01 0200 0100"),
  hex("fd80 000c 0c 0b 0000 00000001 00000003"),
  hex("ff00 0001 0000ffe5 0000003a"),
  hex("ff010000"),
  hex("ff010002 03 01 00002b11"),
]);

/** What a server says besides RFC 6143, in {@link AGREED}. */
export const EXTENDED_SERVER_STREAM: Uint8Array = join([
  hex("f8000000 80000000 01 00"),
  hex("96"),
  hex("03000000 fffffff8 1f000001 00000000"),
  hex("03000000 fffffffc 02000001"),
  hex("03000000 fffffff9 10000001 789c03"),
  hex("03000000 00000001 61"),
  hex("0f00 0280 01e0 0015 000b 0000"),
  update(1, raw(20, 10, 1, 1, hex("77"))), // inside the new size alone
  hex("a0000000 00000001 00000002 00000003 00000004"),
  hex("fa000101"),
  hex("fd81 0004 0001 0001"),
  hex("fd85 0002 0102"),
  hex("ff010001"),
  hex("ff010002 00000004 00010203"),
  hex("ff010000"),
]);
