import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readRecording } from "../../cli/replay.ts";
import { scaledTo255 } from "../../codec/channels.ts";
import type { Compression } from "../../codec/compression.ts";
import { createDecoder } from "../../codec/decoder.ts";
import { compressionLevelOf, createEncoder, qualityLevelOf } from "../../codec/encoder.ts";
import { ENCODERS } from "../../codec/encodings/mod.ts";
import { createFramebuffer } from "../../codec/framebuffer.ts";
import type { ClientEvent, ServerEvent } from "../../codec/framer.ts";
import { Encoding } from "../../codec/names.ts";
import { COLOUR_CUBE } from "../../codec/pixel_values.ts";
import type { Surface } from "../../codec/pixels.ts";
import { decodeRectangle, RECTANGLE_LENGTH, type Rectangle } from "../../codec/server/mod.ts";
import type { Session } from "../../codec/session.ts";
import { createSurface, cutOut, paste } from "../../codec/surfaces.ts";
import { createDeflater, createInflater, createPngEncoder, portableCompression } from "../../compression/mod.ts";
import { nodeCompression } from "../../compression/node.ts";
import { replay } from "../../endpoints/mod.ts";

/** All rectangles that a server sent in one encoding, and what our encoder makes of the same pixels. */
export interface Size {
  readonly recording: string;
  readonly server: string;
  readonly encodingType: number;
  /** The format's short name. */
  readonly format: string;
  /** 0 to 9; the server's own where the client has named none. */
  readonly compressionLevel: number | undefined;
  readonly isDefaultLevel: boolean;
  readonly qualityLevel: number | undefined;
  rectangles: number;
  /** Bytes of payload. */
  theirs: number;
  ours: number;
  /** Sum over all channels of how far our pixels are from theirs, and the number of channels. */
  off: number;
  channels: number;
}

interface Meta {
  readonly kind: string;
  readonly server: string;
  readonly format: string;
  readonly encodings?: readonly string[];
  readonly pixel_format?: { readonly bitsPerPixel: number; readonly trueColour: number };
}

/** Encodes a recording's rectangles again, each with the encoder of its encoding, over one set of streams. */
export async function sizesOf(folder: string, name: string): Promise<readonly Size[]> {
  const path = join(folder, name);
  const meta = JSON.parse(readFileSync(join(path, "meta.json"), "utf8")) as Meta;
  if (meta.kind !== "pixels") return [];
  const sizes = new Map<number, Size>();
  const decoding = await nodeCompression();
  // Not Node's zlib: what that makes of the same bytes is not the same on every machine.
  const encoding = { ...(await portableCompression()), createInflater, createDeflater };
  const framebuffer = createFramebuffer({ compression: decoding });
  const copy = createCopy(encoding, decoding);
  let rectangle: Rectangle | undefined;
  let theirs = 0;
  const saw = (from: "client" | "server", event: ClientEvent | ServerEvent, session: Session): void => {
    if (from === "client") return;
    framebuffer.apply(event as ServerEvent, session);
    if (event.type === "rectangle") {
      rectangle = event;
      theirs = 0;
    }
    if (event.type !== "rectanglePayload" || rectangle === undefined) return;
    theirs += event.bytes.length;
    const { encodingType, width, height } = rectangle;
    // Raw is the pixels themselves.
    if (!event.last || encodingType === Encoding.Raw || !ENCODERS.has(encodingType) || width * height === 0) return;
    let size = sizes.get(encodingType);
    if (size === undefined) {
      size = { ...settingsOf(meta, session, encodingType), recording: name, encodingType, ...NOTHING };
      sizes.set(encodingType, size);
    }
    const { ours, off } = copy(framebuffer, rectangle, session, size.compressionLevel);
    size.rectangles += 1;
    size.theirs += theirs;
    size.ours += ours;
    size.off += off;
    size.channels += 3 * width * height;
  };
  const { error } = replay(readRecording(path), { compression: decoding, saw });
  if (error !== undefined) throw error;
  return [...sizes.values()].sort((one, other) => one.encodingType - other.encodingType);
}

/** Ours to theirs. */
export function ratioOf({ ours, theirs }: Size): number {
  return ours / theirs;
}

/** How far a channel is off on average, of 255. */
export function lossOf({ off, channels }: Size): number {
  return off / channels;
}

/** A line of the table in docs/encoders.md. */
export function rowOf(size: Size): string {
  const { recording, server, encodingType, format, compressionLevel, isDefaultLevel, qualityLevel } = size;
  const level = compressionLevel === undefined ? "" : `c${compressionLevel}${isDefaultLevel ? "*" : ""}`;
  const quality = qualityLevel === undefined ? "" : ` q${qualityLevel}`;
  const cells = [
    recording,
    server,
    NAMES.get(encodingType)!,
    format,
    level + quality,
    size.rectangles,
    size.theirs,
    size.ours,
    ratioOf(size).toFixed(3),
    qualityLevel === undefined ? "" : lossOf(size).toFixed(2),
  ];
  return `| ${cells.join(" | ")} |`;
}

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(Encoding).map(([name, number]) => [number, name]));

const NOTHING = { rectangles: 0, theirs: 0, ours: 0, off: 0, channels: 0 } as const;

/** One connection's encoder, and a decoder that draws what it makes. */
function createCopy(
  compression: Compression,
  decoding: Compression,
): (from: Surface, area: Rectangle, session: Session, level: number | undefined) => { ours: number; off: number } {
  const encoder = createEncoder({
    ...compression,
    // QEMU takes the client's level for its PNG pictures, too.
    encodePng: (image) => createPngEncoder(pngLevel)(image),
  });
  const decoder = createDecoder({ compression: decoding });
  let pngLevel = 6;
  let into = createSurface(0, 0);
  return (from, area, session, level = 6) => {
    pngLevel = level;
    const { x, y, width, height, encodingType } = area;
    const asked = {
      ...session,
      encodingTypes: [...session.encodingTypes, Encoding.CompressionLevel0 + level],
    };
    const pixels = cutOut(from, x, y, width, height);
    const picture = session.pixelFormat!.trueColourFlag === 0 ? cubeOf(pixels) : pixels;
    if (into.width < width || into.height < height) into = createSurface(width, height);
    const place = { x: 0, y: 0, width, height };
    let ours = -RECTANGLE_LENGTH; // theirs is without its head, too; each further one that we need counts
    for (const bytes of encoder.encode(picture, place, asked, encodingType)) {
      ours += bytes.length;
      decoder.decode(bytes.subarray(RECTANGLE_LENGTH), decodeRectangle(bytes, 0), session, into);
    }
    const drawn = cutOut(into, 0, 0, width, height);
    paste(into, 0, 0, createSurface(width, height)); // or what is not drawn next time would look right
    return { ours, off: distance(drawn, pixels) };
  };
}

/** Colours that become the same indices, where the encoder takes its own map for granted. */
function cubeOf({ width, height, pixels }: Surface): Surface {
  const colours = COLOUR_CUBE.map(
    ({ red, green, blue }) =>
      (0xff000000 | (scaledTo255(blue, 65535) << 16) | (scaledTo255(green, 65535) << 8) | scaledTo255(red, 65535)) >>>
      0,
  );
  return { width, height, pixels: pixels.map((index) => colours[index]!) };
}

function distance({ pixels }: Surface, other: Surface): number {
  let sum = 0;
  for (let i = 0; i < pixels.length; i++) {
    const one = pixels[i]!;
    const two = other.pixels[i]!;
    if (one === two) continue;
    for (let shift = 0; shift < 24; shift += 8) sum += Math.abs(((one >>> shift) & 0xff) - ((two >>> shift) & 0xff));
  }
  return sum;
}

type Settings = Pick<Size, "server" | "format" | "compressionLevel" | "isDefaultLevel" | "qualityLevel">;

function settingsOf({ server, format }: Meta, { encodingTypes, pixelFormat }: Session, encodingType: number): Settings {
  const asked = compressionLevelOf(encodingTypes);
  const compresses = DEFAULT_LEVELS.has(encodingType);
  return {
    server,
    format: format === "server" ? `${pixelFormat!.bitsPerPixel} bpp of the server's own` : format,
    compressionLevel: compresses ? (asked ?? DEFAULT_LEVELS.get(encodingType)!(server)) : undefined,
    isDefaultLevel: compresses && asked === undefined,
    qualityLevel: LOSSY.has(encodingType) ? qualityLevelOf(encodingTypes) : undefined,
  };
}

const LOSSY: ReadonlySet<number> = new Set([Encoding.Tight, Encoding.TightPNG, Encoding.ZYWRLE]);

/** What servers compress with that were told no level. */
const DEFAULT_LEVELS: ReadonlyMap<number, (server: string) => number> = new Map<number, (server: string) => number>([
  [Encoding.Tight, tightLevelOf],
  [Encoding.TightPNG, tightLevelOf],
  [Encoding.Zlib, (server) => (server.startsWith("QEMU") ? 9 : 5)],
  [Encoding.ZlibHex, () => 5],
  // zlib's own, in all of them.
  [Encoding.ZRLE, () => 6],
  [Encoding.ZYWRLE, () => 6],
]);

function tightLevelOf(server: string): number {
  if (server.startsWith("QEMU")) return 9;
  return server.startsWith("TigerVNC") ? 2 : 6;
}
