/**
 * Videos that a browser encodes, read as Open H.264 rectangles: what a test's page runs.
 *
 * @module
 */

import type { Compression, H264DecoderFactory, Image } from "../../codec/compression.ts";
import { createFramebuffer, Encoding, type Framebuffer, NEW_SESSION, RGBX8888, type Session } from "../../codec/mod.ts";
import { webCodecsH264 } from "../../compression/webcodecs.ts";
import { be32, join } from "../codec/bytes.ts";

/** How a stream is packed into rectangles. */
export interface Case {
  readonly width: number;
  readonly height: number;
  /** As WebCodecs calls it. */
  readonly codec: string;
  /** Access units a rectangle. */
  readonly together: number;
}

/** What came of it. */
export interface Result {
  readonly pictures: number;
  /** The mean difference of a channel of the last picture from what was encoded, in 255ths. */
  readonly difference: number;
  /** As `difference`, from the picture before: what a decoder that lags by one would show. */
  readonly differenceBefore: number;
  readonly damage: unknown;
}

/** What came of a stream that is larger than its rectangle. */
export interface Cut {
  readonly pictures: readonly Size[];
  readonly canvases: readonly Size[];
  /** As `Result.difference`. */
  readonly difference: number;
}

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

const PICTURES = 24;
const PLACE = { x: 16, y: 8 };

const page = {
  async show({ width, height, codec, together }: Case): Promise<Result> {
    const units = await encode(width, height, codec);
    let pictures = 0;
    const framebuffer = screenOf(
      width,
      height,
      counting((await webCodecsH264())!, () => pictures++),
    );
    framebuffer.takeDamage();
    for (let at = 0; at < units.length; at += together) {
      draw(framebuffer, width, height, join(units.slice(at, at + together)));
    }
    while (pictures < PICTURES) await new Promise((resolve) => setTimeout(resolve, 5));
    const damage = framebuffer.takeDamage();
    const result = {
      pictures,
      difference: differenceOf(framebuffer, width, height, PICTURES - 1),
      differenceBefore: differenceOf(framebuffer, width, height, PICTURES - 2),
      damage,
    };
    framebuffer.close();
    return result;
  },

  /** The sizes of a larger stream's pictures for a small rectangle, of the canvases they took, and how far off they are. */
  async cut(small: Size): Promise<Cut> {
    const [width, height, codec] = [320, 240, "avc1.42001f"] as const;
    const units = await encode(width, height, codec);
    const canvases: OffscreenCanvas[] = [];
    const { OffscreenCanvas } = globalThis;
    globalThis.OffscreenCanvas = class extends OffscreenCanvas {
      constructor(...size: [number, number]) {
        super(...size);
        canvases.push(this);
      }
    };
    const pictures: Image[] = [];
    const decoder = (await webCodecsH264())!(small.width, small.height, (picture) => pictures.push(picture));
    globalThis.OffscreenCanvas = OffscreenCanvas;
    decoder.decode(join(units));
    while (pictures.length < PICTURES) await new Promise((resolve) => setTimeout(resolve, 5));
    decoder.close();
    const painted = paint(width, height, PICTURES - 1).getContext("2d")!;
    const expected = painted.getImageData(0, 0, small.width, small.height).data;
    let sum = 0;
    for (const [i, value] of pictures.at(-1)!.data.entries()) sum += Math.abs(value - expected[i]!);
    const sizeOf = ({ width, height }: Size): Size => ({ width, height });
    return {
      pictures: pictures.map(sizeOf),
      canvases: canvases.map(sizeOf),
      difference: sum / expected.length,
    };
  },

  /** What is said to the second picture of a stream when a parameter set of another kind comes with it. */
  async turn(): Promise<string> {
    const [first, second] = await encode(320, 240, "avc1.42001f");
    const [other] = await encode(320, 240, "avc1.64001f");
    const decoder = (await webCodecsH264())!(320, 240, () => {});
    try {
      decoder.decode(first!);
      decoder.decode(join([parameterSetOf(other!), second!]));
      return "nothing";
    } catch (error) {
      const { name, code, message } = error as Error & { readonly code?: string };
      return `${name} ${code}: ${message}`;
    } finally {
      decoder.close();
    }
  },

  /** What is said to a stream that begins like this, once there was time to decode it. */
  async fault(bytes: readonly number[]): Promise<string> {
    const decoder = (await webCodecsH264())!(16, 16, () => {});
    try {
      for (let i = 0; i < 200; i++) {
        decoder.decode(Uint8Array.from(bytes));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return "nothing";
    } catch (error) {
      const { name, code, message } = error as Error & { readonly code?: string };
      return `${name} ${code}: ${message}`;
    } finally {
      decoder.close();
      decoder.close();
    }
  },

  /** What is said to more pictures at once than any decoder keeps up with. */
  async flood(): Promise<string> {
    const [first, ...rest] = await encode(320, 240, "avc1.42001f");
    const decoder = (await webCodecsH264())!(320, 240, () => {});
    try {
      decoder.decode(first!);
      for (let i = 0; i < 1000; i++) decoder.decode(rest[i % rest.length]!);
      return "nothing";
    } catch (error) {
      return (error as { readonly code: string }).code;
    } finally {
      decoder.close();
    }
  },
};

export type WebCodecsPage = typeof page;

Object.assign(globalThis, { page });

function counting(factory: H264DecoderFactory, count: () => void): H264DecoderFactory {
  return (width, height, show) =>
    factory(width, height, (picture) => {
      count();
      show(picture);
    });
}

function screenOf(width: number, height: number, createH264Decoder: H264DecoderFactory): Framebuffer {
  const framebuffer = createFramebuffer({ compression: { createH264Decoder } as unknown as Compression });
  framebuffer.apply({ type: "bell" }, sessionOf(width, height));
  return framebuffer;
}

function sessionOf(width: number, height: number): Session {
  return {
    ...NEW_SESSION,
    phase: "normal",
    pixelFormat: RGBX8888,
    framebufferWidth: width + 2 * PLACE.x,
    framebufferHeight: height + 2 * PLACE.y,
  };
}

function draw(framebuffer: Framebuffer, width: number, height: number, accessUnits: Uint8Array): void {
  const session = sessionOf(width, height);
  framebuffer.apply({ type: "rectangle", ...PLACE, width, height, encodingType: Encoding.OpenH264 }, session);
  const payload = join([be32(accessUnits.length), be32(0), accessUnits]);
  framebuffer.apply({ type: "rectanglePayload", bytes: payload, last: true }, session);
}

/** A stream with start codes: what a server's encoder makes, one access unit after the other. */
async function encode(width: number, height: number, codec: string): Promise<Uint8Array[]> {
  const units: Uint8Array[] = [];
  const encoder = new VideoEncoder({
    output(chunk) {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      units.push(bytes);
    },
    error(error) {
      throw error;
    },
  });
  encoder.configure({
    codec,
    width,
    height,
    bitrate: 8_000_000,
    framerate: 30,
    latencyMode: "realtime",
    avc: { format: "annexb" },
  });
  for (let number = 0; number < PICTURES; number++) {
    const frame = new VideoFrame(paint(width, height, number), { timestamp: number * 33_333 });
    encoder.encode(frame, { keyFrame: number === 0 });
    frame.close();
  }
  await encoder.flush();
  encoder.close();
  return units;
}

/** The first unit, with its start code: an encoder begins with it. */
function parameterSetOf(stream: Uint8Array): Uint8Array {
  const isStart = (at: number): boolean => stream[at] === 0 && stream[at + 1] === 0 && stream[at + 2] === 1;
  let start = 0;
  while (!isStart(start) || (stream[start + 3]! & 0x1f) !== 7) start++;
  let end = start + 3;
  while (!isStart(end)) end++;
  return stream.subarray(start, end);
}

/** A bar that moves over a slope of colours. */
function paint(width: number, height: number, number: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  const slope = context.createLinearGradient(0, 0, width, height);
  slope.addColorStop(0, "#204080");
  slope.addColorStop(1, "#e0c040");
  context.fillStyle = slope;
  context.fillRect(0, 0, width, height);
  context.fillStyle = "#c02040";
  context.fillRect(10 * number, 0, 60, height);
  return canvas;
}

function differenceOf(framebuffer: Framebuffer, width: number, height: number, number: number): number {
  const expected = paint(width, height, number).getContext("2d")!.getImageData(0, 0, width, height).data;
  const shown = framebuffer.toRgba();
  let sum = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 4 * ((y + PLACE.y) * framebuffer.width + x + PLACE.x);
      const to = 4 * (y * width + x);
      for (let i = 0; i < 3; i++) sum += Math.abs(shown[from + i]! - expected[to + i]!);
    }
  }
  return sum / (3 * width * height);
}
