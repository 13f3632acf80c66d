import type { Area } from "../../../codec/areas.ts";
import { createEncoder } from "../../../codec/encoder.ts";
import { ENCODERS } from "../../../codec/encodings/encoders.ts";
import { createFramebuffer } from "../../../codec/framebuffer.ts";
import { createServerFramer } from "../../../codec/framer.ts";
import { Encoding } from "../../../codec/names.ts";
import type { PixelFormat } from "../../../codec/pixel_format.ts";
import { pixelReadersOf } from "../../../codec/pixels.ts";
import { NEW_SESSION, observe, type Session } from "../../../codec/session.ts";
import { update } from "../../codec/streams.ts";
import { COMPRESSIONS, filled, formatOf } from "../pictures.ts";
import { randomOf } from "../random.ts";
import { expect, type Target, target } from "../target.ts";

interface ConnectionCase {
  readonly format: PixelFormat;
  readonly compression: "real" | "stored";
  /** Preferences and levels, as a client lists them. */
  readonly encodingTypes: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly seed: number;
  /** Drawn one after the other, each in an encoding of its own. */
  readonly areas: readonly (Area & { readonly encodingType: number })[];
}

/** A server's encoder and a client's framebuffer, over some updates: the picture is there, as its format leaves it. */
export const connectionTargets: readonly Target[] = [
  target<ConnectionCase>({
    name: "connection",
    make(random) {
      // Tight is cut where it is wider than 2048, CoRRE where it is more than 255.
      const isWide = random.oneIn(30);
      const width = random.between(1, isWide ? 4500 : 60);
      const height = random.between(1, isWide ? 2 : 60);
      const areas = Array.from({ length: random.between(1, 5) }, () => {
        const [x, y] = [random.below(width), random.below(height)];
        const area = { x, y, width: random.between(0, width - x), height: random.between(0, height - y) };
        return { ...area, encodingType: random.pick(LOSSLESS) };
      });
      return {
        format: formatOf(random),
        compression: random.oneIn(4) ? "real" : "stored",
        encodingTypes: [
          Encoding.CompressionLevel0 + random.below(10),
          ...(random.oneIn(3) ? [Encoding.TightWithoutZlib] : []),
        ],
        width,
        height,
        seed: random.below(2 ** 31),
        areas,
      };
    },
    check({ format, compression, encodingTypes, width, height, seed, areas }) {
      let session: Session = {
        ...NEW_SESSION,
        phase: "normal",
        pixelFormat: format,
        encodingTypes,
        framebufferWidth: width,
        framebufferHeight: height,
      };
      const picture = filled(randomOf(seed, "picture", 0), width, height);
      const encoder = createEncoder(COMPRESSIONS[compression]);
      const framebuffer = createFramebuffer({ compression: COMPRESSIONS[compression] });
      const framer = createServerFramer();
      const drawn = new Uint8Array(width * height);
      for (const { encodingType, ...area } of areas) {
        const rectangles = encoder.encode(picture, area, session, encodingType);
        framer.push(update(rectangles.length, ...rectangles));
        for (let event = framer.next(session); event !== undefined; event = framer.next(session)) {
          session = observe(session, "server", event);
          framebuffer.apply(event, session);
        }
        for (let y = area.y; y < area.y + area.height; y++) {
          drawn.fill(1, y * width + area.x, y * width + area.x + area.width);
        }
      }
      const { ofRgb } = pixelReadersOf(format);
      for (let i = 0; i < drawn.length; i++) {
        const pixel = picture.pixels[i]!;
        const wanted = drawn[i] === 0 ? 0 : ofRgb(pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff) >>> 0;
        const got = framebuffer.pixels[i];
        expect(got === wanted, () => `Pixel ${i} of ${width}x${height} is ${got}, not ${wanted}`);
      }
      return "value";
    },
  }),
];

/** Where no quality is asked for. TightPNG's pictures are made up where nothing is compressed. */
const LOSSLESS: readonly number[] = [...ENCODERS.keys()].filter((encodingType) => encodingType !== Encoding.TightPNG);
