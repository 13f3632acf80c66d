/**
 * A server's stream from behind ServerInit, for all decoders alike.
 *
 * @module
 */

import { framingOf } from "../codec/encodings/framing.ts";
import { createServerFramer } from "../codec/framer.ts";
import { Encoding } from "../codec/names.ts";
import type { PixelFormat } from "../codec/pixel_format.ts";
import { NEW_SESSION, observe, type Session } from "../codec/session.ts";
import type { Picture } from "../test/peers/picture.ts";

/** What is known before the bytes are looked at. */
export interface Bare {
  readonly name: string;
  readonly format: PixelFormat;
  /** As it is just behind ServerInit, the client's answer to it included. */
  readonly session: Session;
  /** All that the server says from there on: whole messages. */
  readonly bytes: Uint8Array;
  /** What is wrong with a picture that was made of it, if anything is. */
  fault(picture: Picture): string | undefined;
}

export interface Stream extends Bare, Contents {
  /** What it is a stream of: the client's favourite, as far as the server has used it. */
  readonly encoding: string;
}

interface Contents {
  /** Of all rectangles. */
  readonly encodings: ReadonlySet<number>;
  /** There are JPEG or PNG pictures in its Tight. */
  readonly hasImages: boolean;
  /** Of all rectangles that draw. */
  readonly pixels: number;
  readonly messages: number;
  readonly messageTypes: ReadonlySet<string>;
}

/** The session just behind ServerInit, once the client has asked for a format and encodings. */
export function sessionBehindInit(
  framebufferWidth: number,
  framebufferHeight: number,
  pixelFormat: PixelFormat,
  encodingTypes: readonly number[],
): Session {
  const session: Session = { ...NEW_SESSION, phase: "normal", framebufferWidth, framebufferHeight, pixelFormat };
  return observe(session, "client", { type: "setEncodings", encodingTypes });
}

/** Looks into the bytes. @throws {RfbError} what is wrong with them */
export function streamOf(bare: Bare): Stream {
  let pixels = 0;
  const encodings = new Set<number>();
  const messageTypes = new Set<string>();
  let hasImages = false;
  let messages = 0;
  let isTight = false;
  const framer = createServerFramer();
  let session = bare.session;
  framer.push(bare.bytes);
  for (let event = framer.next(session); event !== undefined; event = framer.next(session)) {
    session = observe(session, "server", event);
    switch (event.type) {
      case "framebufferUpdateEnd":
        break;
      case "rectangle": {
        const { encodingType, width, height } = event;
        encodings.add(encodingType);
        isTight = encodingType === Encoding.Tight || encodingType === Encoding.TightPNG;
        if (framingOf(encodingType)!.drawsPixels) pixels += width * height;
        break;
      }
      case "rectanglePayload":
        // The first byte is the control byte: 9 in its upper half is JPEG, 10 is PNG.
        if (isTight) hasImages ||= (event.bytes[0] ?? 0) >> 4 === 9 || (event.bytes[0] ?? 0) >> 4 === 10;
        isTight = false;
        break;
      default:
        messages++;
        messageTypes.add(event.type);
    }
  }
  framer.end();
  const main = session.encodingTypes.find((type) => encodings.has(type) && framingOf(type)!.drawsPixels);
  const encoding = main === Encoding.Tight && hasImages ? "Tight JPEG" : nameOf(main ?? Encoding.Raw);
  return { ...bare, encoding, encodings, hasImages, pixels, messages, messageTypes };
}

/** Colours of 8 bits each, or of 5, 6 and 5. */
export function depthOf({ bitsPerPixel, redMax, greenMax, blueMax }: PixelFormat): "888" | "565" | undefined {
  if (bitsPerPixel === 32 && redMax === 255 && greenMax === 255 && blueMax === 255) return "888";
  return bitsPerPixel === 16 && redMax === 31 && greenMax === 63 && blueMax === 31 ? "565" : undefined;
}

/** Red, green and blue of a byte each, in this order or the other, in the lower three of four bytes. */
export function isPlain888(format: PixelFormat): boolean {
  const { depth, bigEndianFlag, redShift, greenShift, blueShift } = format;
  const isOf24 = depthOf(format) === "888" && depth === 24;
  return isOf24 && bigEndianFlag === 0 && greenShift === 8 && redShift + blueShift === 16 && redShift % 16 === 0;
}

/** An encoding's name, without its number. */
export function nameOf(encodingType: number): string {
  return NAMES.get(encodingType) ?? String(encodingType);
}

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(Encoding).map(([name, number]) => [number, name]));
