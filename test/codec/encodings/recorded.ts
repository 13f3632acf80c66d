import { createServerFramer } from "../../../codec/framer.ts";
import type { PixelFormat } from "../../../codec/pixel_format.ts";
import type { Rectangle } from "../../../codec/server/mod.ts";
import { NEW_SESSION, observe, type Session } from "../../../codec/session.ts";
import { type Recording, recordings } from "../recordings.ts";

/** One rectangle of a recording, in the order of the connection. */
export interface Recorded {
  readonly rectangle: Rectangle;
  readonly payload: Uint8Array;
  /** As it was when the payload had come. */
  readonly session: Session;
}

/** The recording's rectangles, of one encoding or of all. It must be framed to its last byte. */
export function rectanglesOf(name: string, encodingType?: number): readonly Recorded[] {
  const recording = recordings().find((one) => one.name === name);
  if (recording === undefined) throw new Error(`No recording ${name}`);
  const found = allOf(recording);
  return encodingType === undefined ? found : found.filter(({ rectangle }) => rectangle.encodingType === encodingType);
}

function allOf({ name, meta, server }: Recording): readonly Recorded[] {
  const { first_size, pixel_format, encoding_numbers } = meta as unknown as Details;
  const pixelFormat: PixelFormat = {
    ...pixel_format,
    bigEndianFlag: pixel_format.bigEndian,
    trueColourFlag: pixel_format.trueColour,
  };
  let session: Session = {
    ...NEW_SESSION,
    phase: "normal",
    version: "3.8",
    framebufferWidth: first_size[0],
    framebufferHeight: first_size[1],
    pixelFormat,
    pixelFormatAsked: pixelFormat,
  };
  session = observe(session, "client", { type: "setEncodings", encodingTypes: encoding_numbers });
  const stream = server().subarray(meta.server_init_end!);
  const framer = createServerFramer();
  framer.push(stream);
  const found: Recorded[] = [];
  let rectangle: Rectangle | undefined;
  for (let event = framer.next(session); event !== undefined; event = framer.next(session)) {
    session = observe(session, "server", event);
    if (event.type === "rectangle") rectangle = event;
    if (event.type === "rectanglePayload") found.push({ rectangle: rectangle!, payload: event.bytes, session });
  }
  if (framer.consumed() !== stream.length) throw new Error(`${name} ends in the middle of a message`);
  return found;
}

interface Details {
  readonly first_size: readonly [number, number];
  readonly encoding_numbers: readonly number[];
  readonly pixel_format: PixelFormat & { readonly bigEndian: number; readonly trueColour: number };
}
