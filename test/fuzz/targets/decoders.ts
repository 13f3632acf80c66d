import type { Compression } from "../../../codec/compression.ts";
import type { DecodeContext } from "../../../codec/encodings/context.ts";
import { DECODERS } from "../../../codec/encodings/decoders.ts";
import { ENCODERS } from "../../../codec/encodings/encoders.ts";
import { RfbError } from "../../../codec/errors.ts";
import { DEFAULT_LIMITS } from "../../../codec/limits.ts";
import { compressLzo1x } from "../../../codec/lzo1x.ts";
import { Encoding } from "../../../codec/names.ts";
import { MANY } from "../../../codec/painter.ts";
import { bytesPerPixelOf, type PixelFormat } from "../../../codec/pixel_format.ts";
import { type PixelOutput, type PixelReaders, pixelReadersOf, type Surface } from "../../../codec/pixels.ts";
import type { Rectangle } from "../../../codec/server/rectangle.ts";
import { NEW_SESSION } from "../../../codec/session.ts";
import { type CreateSurface, createSurface } from "../../../codec/surfaces.ts";
import { createPainted } from "../../../simd/painted.ts";
import { be32, join } from "../../codec/bytes.ts";
import { rectangleHead } from "../../codec/streams.ts";
import { expectAllocations } from "../allocations.ts";
import { mutated } from "../mutations.ts";
import { COMPRESSIONS, filled, formatOf, REAL } from "../pictures.ts";
import type { Random } from "../random.ts";
import { ownRectangle, type RectangleSeed, seedsOf } from "../seeds.ts";
import { expect, type Outcome, type Target, target, untouched } from "../target.ts";

/** Some rectangles of one connection. */
export interface DecoderCase {
  readonly format: PixelFormat;
  readonly output: PixelOutput;
  readonly encodingTypes: readonly number[];
  readonly compression: keyof typeof COMPRESSIONS;
  /** What comes out of the real zlib is changed as these numbers say: at, value. None: left as it is. */
  readonly changes: readonly (readonly [at: number, value: number])[];
  readonly rectangles: readonly { readonly width: number; readonly height: number; readonly payload: Uint8Array }[];
}

/** Every encoding that draws. */
export const decoderTargets: readonly Target[] = [...DECODERS.keys()].map((encodingType) =>
  target<DecoderCase>({
    name: `decode-${nameOf(encodingType)}`,
    make: (random) => caseOf(random, encodingType),
    check: (input) => checkDecoder(input, encodingType),
  }),
);

/** Their payloads begin with the length of the rest. */
const COUNTED: ReadonlySet<number> = new Set([
  Encoding.Zlib,
  Encoding.ZRLE,
  Encoding.ZYWRLE,
  Encoding.Ultra,
  Encoding.UltraZip,
]);
const MARGIN = 2;
const UNTOUCHED = 0xdeadbeef;

/** Names of targets. */
export function nameOf(encodingType: number): string {
  const [name = ""] = Object.entries(Encoding).find(([, number]) => number === encodingType) ?? [];
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}

/** What a rectangle draws stays inside of it, and nothing but an RfbError says that it cannot be drawn. */
function checkDecoder({ rectangles, changes, ...input }: DecoderCase, encodingType: number): Outcome {
  const compression = changes.length === 0 ? COMPRESSIONS[input.compression] : tampering(changes);
  const context = contextOf(input.format, input.output, input.encodingTypes, compression);
  const again = contextOf(input.format, input.output, input.encodingTypes, compression);
  const decode = DECODERS.get(encodingType)!;
  for (const { width, height, payload } of rectangles) {
    // UltraZip's head has a count and a length, and its rectangles are where they say.
    const isZip = encodingType === Encoding.UltraZip;
    const size = isZip ? ([8, 8] as const) : ([width, height] as const);
    const into = surfaceAround(...size);
    const rectangle: Rectangle = isZip
      ? { type: "rectangle", x: width, y: height % 65535, width: Math.floor(height / 65535), height: 0, encodingType }
      : { type: "rectangle", x: MARGIN, y: MARGIN, width, height, encodingType };
    const fault = faultOf(() => untouched([payload], () => decode(payload, rectangle, context, into)));
    if (!isZip) expectMargin(into);
    // Rectangles build on those before: the other connection draws all of them, the small ones too.
    const painted = surfaceAround(...size, size[0] * size[1] < MANY ? createSurface : createPainted);
    expectSame(
      fault,
      faultOf(() => decode(payload, rectangle, again, painted)),
    );
    if (!isZip) expectMargin(painted);
    // Of what is at fault, as much is drawn as was read in time.
    if (fault === undefined) expectSamePixels(painted, into);
    expectAllocations(2 ** 18 + 64 * 4 * width * height + 256 * payload.length);
    if (fault instanceof RfbError) return fault.code;
    if (fault !== undefined) throw fault;
  }
  return "value";
}

export function contextOf(
  format: PixelFormat,
  output: PixelOutput,
  encodingTypes: readonly number[],
  compression: Compression,
): DecodeContext {
  return {
    session: {
      ...NEW_SESSION,
      phase: "normal",
      pixelFormat: format,
      encodingTypes,
      framebufferWidth: 4096,
      framebufferHeight: 4096,
    },
    pixels: readersOf(format, output),
    limits: DEFAULT_LIMITS,
    compression,
    memory: { tight: [] },
  };
}

/** A picture with room around a rectangle of this size. */
export function surfaceAround(width: number, height: number, create: CreateSurface = createSurface): Surface {
  const surface = create(width + 2 * MARGIN, height + 2 * MARGIN);
  surface.pixels.fill(UNTOUCHED);
  return surface;
}

function faultOf(draw: () => void): unknown {
  try {
    draw();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** With vector instructions nothing else is wrong than without. */
function expectSame(fault: unknown, other: unknown): void {
  const [one, two] = [fault, other].map((each) =>
    each instanceof RfbError ? `${each.code}: ${each.message}` : String(each),
  );
  expect(one === two, () => `${two} instead of ${one}`);
}

function expectSamePixels({ width, pixels }: Surface, other: Surface): void {
  const at = pixels.findIndex((pixel, i) => pixel !== other.pixels[i]);
  expect(at < 0, () => `It draws something else at ${(at % width) - MARGIN},${Math.floor(at / width) - MARGIN}`);
}

/** @throws {Error} where something was drawn around the rectangle */
export function expectMargin({ width, height, pixels }: Surface): void {
  const untouchedIn = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      expect(
        pixels[i] === UNTOUCHED,
        () => `It draws outside: ${(i % width) - MARGIN},${Math.floor(i / width) - MARGIN}`,
      );
    }
  };
  untouchedIn(0, MARGIN * width + MARGIN);
  for (let row = MARGIN; row < height - MARGIN - 1; row++)
    untouchedIn((row + 1) * width - MARGIN, (row + 1) * width + MARGIN);
  untouchedIn(pixels.length - MARGIN * width - MARGIN, pixels.length);
}

/** What was drawn inside. */
export function insideOf({ width, height, pixels }: Surface): Uint32Array {
  const inside = new Uint32Array((width - 2 * MARGIN) * (height - 2 * MARGIN));
  for (let row = 0; row < height - 2 * MARGIN; row++) {
    const from = (row + MARGIN) * width + MARGIN;
    inside.set(pixels.subarray(from, from + width - 2 * MARGIN), row * (width - 2 * MARGIN));
  }
  return inside;
}

function caseOf(random: Random, encodingType: number): DecoderCase {
  const seed = seedOf(random, encodingType);
  const isReal = seed.isFirst && seed.payload !== seed.plain && random.oneIn(4);
  const isSound = isReal && random.oneIn(2);
  const first = isReal ? seed.payload : (seed.plain ?? seed.payload);
  const format = random.oneIn(8) ? formatOf(random) : seed.format;
  const changed = isSound || random.oneIn(12) ? first : mutated(random, first, first, 5);
  // A length in front that is wrong is as far as it gets.
  if (COUNTED.has(encodingType) && changed.length >= 4 && !random.oneIn(4)) changed.set(be32(changed.length - 4));
  const rectangles = [shaped(random, seed.rectangle, changed)];
  for (let more = random.below(3); more > 0; more--) {
    const next = seedOf(random, encodingType);
    const payload = next.plain ?? next.payload;
    rectangles.push(shaped(random, next.rectangle, mutated(random, payload, first)));
  }
  return {
    format,
    output: random.oneIn(4) ? "values" : "rgba",
    encodingTypes: random.oneIn(6) ? [Encoding.TightWithoutZlib] : seed.encodingTypes,
    compression: isReal || encodingType === Encoding.JPEG ? (random.oneIn(3) ? "portable" : "real") : "stored",
    changes: isSound
      ? Array.from(
          { length: random.below(5) },
          () => [random.below(random.oneIn(2) ? 40 : 3000), random.below(256)] as const,
        )
      : [],
    rectangles,
  };
}

/** The rectangle's size, or nearly so. */
function shaped(random: Random, { width, height }: Rectangle, payload: Uint8Array): DecoderCase["rectangles"][number] {
  if (!random.oneIn(8)) return { width, height, payload };
  return {
    width: Math.max(0, width + random.between(-2, 2)),
    height: random.oneIn(2) ? height : random.below(40),
    payload,
  };
}

function seedOf(random: Random, encodingType: number): RectangleSeed {
  const recorded = seedsOf().rectangles.get(encodingType);
  const own = recorded === undefined || random.oneIn(2) ? ownRectangle(random, encodingType) : undefined;
  if (own !== undefined) return own;
  return recorded === undefined || (!ENCODERS.has(encodingType) && random.oneIn(2))
    ? madeUp(random, encodingType)
    : random.pick(recorded);
}

/** Of encodings that nobody here encodes. */
function madeUp(random: Random, encodingType: number): RectangleSeed {
  const format = formatOf(random);
  const size = bytesPerPixelOf(format);
  let [width, height] = [random.between(1, 40), random.between(1, 40)];
  let payload: Uint8Array;
  switch (encodingType) {
    case Encoding.UltraZip: {
      const count = random.between(0, 3);
      const parts = Array.from({ length: count }, () => {
        const [columns, rows] = [random.below(5), random.below(5)];
        return join([
          rectangleHead(random.below(9), random.below(9), columns, rows, 0),
          random.bytes(columns * rows * size),
        ]);
      });
      const data = join(parts);
      const compressed = compressLzo1x(data);
      payload = join([be32(compressed.length), compressed]);
      [width, height] = [count, data.length];
      break;
    }
    case Encoding.AtenHermon: {
      const isFrame = random.oneIn(2);
      const tiles = random.between(0, 3);
      const body = isFrame
        ? random.bytes(2 * width * height)
        : join(
            Array.from({ length: tiles }, () =>
              join([be32(0), Uint8Array.of(random.below(4), random.below(4)), random.bytes(512)]),
            ),
          );
      const length = be32(10 + body.length);
      payload = join([be32(0), length, Uint8Array.of(isFrame ? 1 : 0, 0), be32(tiles), length, body]);
      break;
    }
    case Encoding.OpenH264: {
      const data = random.bytes(random.below(8));
      payload = join([be32(data.length), be32(random.below(4)), data]);
      break;
    }
    case Encoding.CopyRect:
      payload = Uint8Array.of(0, random.below(5), 0, random.below(5));
      break;
    case Encoding.JPEG:
      return jpegOf(random, format);
    case Encoding.UltraSolidColor:
      payload = random.bytes(size);
      break;
    default:
      payload = random.bytes(random.oneIn(2) ? 4 : random.below(60));
  }
  const rectangle: Rectangle = { type: "rectangle", x: 0, y: 0, width, height, encodingType };
  return { rectangle, format, encodingTypes: [], payload, plain: undefined, isFirst: false };
}

function jpegOf(random: Random, format: PixelFormat): RectangleSeed {
  const width = random.between(1, 24);
  const height = random.between(1, 24);
  const { pixels } = filled(random, width, height);
  const payload = REAL.encodeJpeg!({ width, height, data: new Uint8Array(pixels.buffer) }, random.between(1, 100));
  const rectangle: Rectangle = { type: "rectangle", x: 0, y: 0, width, height, encodingType: Encoding.JPEG };
  return { rectangle, format, encodingTypes: [], payload, plain: payload, isFirst: true };
}

/** The real zlib, whose output is changed: what is behind it is as little to be trusted as what is before it. */
function tampering(changes: DecoderCase["changes"]): Compression {
  return {
    ...REAL,
    createInflater() {
      const inflater = REAL.createInflater();
      return {
        inflate(deflated, maximum) {
          let bytes = inflater.inflate(deflated, maximum).slice();
          for (const [at, value] of changes) {
            if (at < bytes.length) bytes[at] = value;
            else if (value === 0) bytes = bytes.slice(0, Math.max(0, bytes.length - 1));
          }
          return bytes;
        },
      };
    },
  };
}

// Those of a format of 16 bits have a table of 65536 entries.
const readers = new Map<string, PixelReaders>();

function readersOf(format: PixelFormat, output: PixelOutput): PixelReaders {
  const key = `${output} ${Object.values(format)}`;
  let made = readers.get(key);
  if (made === undefined) {
    made = pixelReadersOf(format, output);
    if (readers.size < 100) readers.set(key, made);
  }
  return made;
}
