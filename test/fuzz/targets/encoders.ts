import { DECODERS } from "../../../codec/encodings/decoders.ts";
import { ENCODERS } from "../../../codec/encodings/encoders.ts";
import { createServerFramer } from "../../../codec/framer.ts";
import { Encoding } from "../../../codec/names.ts";
import { bytesPerPixelOf, type PixelFormat } from "../../../codec/pixel_format.ts";
import { NEW_SESSION } from "../../../codec/session.ts";
import { join } from "../../codec/bytes.ts";
import { rectangleHead, runFramer, update } from "../../codec/streams.ts";
import { COMPRESSIONS, encodeContextOf, filled, formatOf } from "../pictures.ts";
import { randomOf } from "../random.ts";
import { expect, isEqual, type Target, target } from "../target.ts";
import { contextOf, expectMargin, insideOf, nameOf, surfaceAround } from "./decoders.ts";

interface EncoderCase {
  readonly format: PixelFormat;
  readonly compression: keyof typeof COMPRESSIONS;
  readonly level: number;
  /** Undefined in effect where it is negative: nothing may be lost. */
  readonly quality: number;
  readonly withoutZlib: boolean;
  /** Of one connection. What they show follows from the seed. */
  readonly pictures: readonly { readonly width: number; readonly height: number; readonly seed: number }[];
}

/** What they make of a picture is framed and drawn as the picture, in the client's format. */
export const encoderTargets: readonly Target[] = [...ENCODERS.keys()].map((encodingType) =>
  target<EncoderCase>({
    name: `encode-${nameOf(encodingType)}`,
    make(random) {
      const most = random.oneIn(40) ? 130 : 24;
      return {
        format: formatOf(random),
        compression: random.oneIn(4) ? random.pick(["real", "portable"] as const) : "stored",
        level: random.below(10),
        quality: random.oneIn(3) ? random.below(10) : -1,
        withoutZlib: random.oneIn(4),
        pictures: Array.from({ length: random.oneIn(3) ? random.between(2, 3) : 1 }, () => ({
          width: random.oneIn(40) ? 0 : random.between(1, random.oneIn(20) ? 255 : most),
          height: random.oneIn(40) ? 0 : random.between(1, most),
          seed: random.below(2 ** 31),
        })),
      };
    },
    check({ format, compression, level, quality, withoutZlib, pictures }) {
      // A picture that is made up for a PNG has one colour.
      const isMadeUp = encodingType === Encoding.TightPNG && compression === "stored";
      const isLossy = isMadeUp || (quality >= 0 && LOSSY.has(encodingType));
      const encodingTypes = [
        ...(quality < 0 ? [] : [Encoding.JPEGQualityLevel0 + quality]),
        ...(withoutZlib ? [Encoding.TightWithoutZlib] : []),
      ];
      const library = COMPRESSIONS[compression];
      const encoding = encodeContextOf(format, library, level, quality < 0 ? undefined : quality, encodingTypes);
      const decoding = contextOf(format, "rgba", encodingTypes, library);
      const { ofRgb } = decoding.pixels;
      for (const { width, height, seed } of pictures) {
        const picture = filled(randomOf(seed, "picture", 0), width, height);
        const before = picture.pixels.slice();
        const payload = ENCODERS.get(encodingType)!(picture, encoding);
        expect(isEqual(picture.pixels, before), "It writes into the picture");
        // An encoder that stands for itself is left where it is longer than the pixels: RRE can be three times as long.
        const mostFramed = 2 * width * height * bytesPerPixelOf(format) + 65536;
        if (payload.length <= mostFramed) expectFramed(encodingType, width, height, payload, format, encodingTypes);
        const into = surfaceAround(width, height);
        DECODERS.get(encodingType)!(
          payload,
          { type: "rectangle", x: 2, y: 2, width, height, encodingType },
          decoding,
          into,
        );
        expectMargin(into);
        if (isLossy) continue;
        const drawn = insideOf(into);
        for (let i = 0; i < drawn.length; i++) {
          const pixel = picture.pixels[i]!;
          const wanted = ofRgb(pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff) >>> 0;
          expect(
            drawn[i] === wanted,
            () => `Pixel ${i} of ${width}x${height} comes back as ${drawn[i]}, not ${wanted}`,
          );
        }
      }
      return "value";
    },
  }),
);

const LOSSY: ReadonlySet<number> = new Set([Encoding.Tight, Encoding.TightPNG, Encoding.ZYWRLE]);
const BELL = Uint8Array.of(2);

function expectFramed(
  encodingType: number,
  width: number,
  height: number,
  payload: Uint8Array,
  pixelFormat: PixelFormat,
  encodingTypes: readonly number[],
): void {
  const session = {
    ...NEW_SESSION,
    phase: "normal",
    framebufferWidth: 4096,
    framebufferHeight: 4096,
    pixelFormat,
    encodingTypes,
  } as const;
  const stream = join([update(1, rectangleHead(0, 0, width, height, encodingType)), payload, BELL]);
  const { events, error, consumed } = runFramer(createServerFramer(), "server", session, [stream]);
  if (error !== undefined) throw error;
  expect(
    consumed === stream.length && events.length === 5,
    () => `It is framed to ${consumed} of ${stream.length} bytes`,
  );
}
