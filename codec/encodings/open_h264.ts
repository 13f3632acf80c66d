import type { H264Decoder, H264DecoderFactory, Image } from "../compression.ts";
import { within } from "../limits.ts";
import type { Surface } from "../pixels.ts";
import type { Rectangle } from "../server/rectangle.ts";
import { createSurface, paste } from "../surfaces.ts";
import { u32 } from "../wire.ts";
import type { DecodeContext } from "./context.ts";
import { decoderOf, drawImage } from "./images.ts";
import { expectLength } from "./payload.ts";
import type { Walk } from "./walk.ts";

/** Bytes before the access units. */
const HEAD_LENGTH = 8;
const VA_HEAD_LENGTH = 16;

/** Flags. */
const RESET_CONTEXT = 1;
const RESET_ALL_CONTEXTS = 2;

/** The head says how much follows. */
export function advanceOpenH264(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  if (end - at < HEAD_LENGTH) return 0;
  walk.done = true;
  return HEAD_LENGTH + within("maxH264Length", u32(bytes, at), walk.limits);
}

/**
 * H264 (0x48323634), an experiment of libvncserver's with VA-API: a head that says how much follows. We only frame it:
 * what follows are bare slices, without the parameter sets that any other decoder needs.
 *
 *      0  U32  length of the slices
 *      4  U32  slice type
 *      8  U32  width, height
 *     16       slices
 */
export function advanceVaH264(walk: Walk, bytes: Uint8Array, at: number, end: number): number {
  if (end - at < VA_HEAD_LENGTH) return 0;
  walk.done = true;
  return VA_HEAD_LENGTH + within("maxH264Length", u32(bytes, at), walk.limits);
}

/**
 * Open H.264, rfbproto "Open H.264 Encoding". Each place and size has a decoder of its own, its context; the context that
 * was not used for longest makes room for a new one above maxH264Contexts.
 *
 *     0  U32  length of the access units; 0: only the flags matter
 *     4  U32  flags: 1 drop this context first, 2 drop all contexts first
 *     8       access units
 *
 * A picture is drawn when it comes, cut to its rectangle: see `onPicture` of the decoder's options.
 *
 * @throws {RfbError} `truncated`, `trailing`; `unknownType`: no decoder for H.264 was given; `malformed`: the decoder says so
 */
export function decodeOpenH264(payload: Uint8Array, rectangle: Rectangle, context: DecodeContext, into: Surface): void {
  const createH264Decoder = decoderOf("H.264", context.compression.createH264Decoder, ACT);
  expectLength(payload, HEAD_LENGTH + u32(payload, 0), ACT);
  const flags = u32(payload, 4);
  context.memory.h264 ??= new Map();
  const contexts = context.memory.h264;
  const { x, y, width, height } = rectangle;
  const key = `${x},${y} ${width}x${height}`;
  if ((flags & RESET_ALL_CONTEXTS) !== 0) dropH264Contexts(contexts);
  if ((flags & RESET_CONTEXT) !== 0) drop(contexts, key);
  if (payload.length === HEAD_LENGTH) return;
  const used = contexts.get(key) ?? createH264Context(createH264Decoder, rectangle);
  used.screen.context = context;
  // Whoever draws by himself may have many surfaces by and by: none is to live for as long as its video.
  used.screen.into = context.onPicture === undefined ? into : undefined;
  // A map keeps its keys in the order they came: the first one is the one used longest ago.
  contexts.delete(key);
  for (const known of contexts.keys()) {
    if (contexts.size < context.limits.maxH264Contexts) break;
    drop(contexts, known);
  }
  contexts.set(key, used);
  used.decoder.decode(payload.subarray(HEAD_LENGTH));
}

/** Closes all decoders: none of their pictures is drawn any more. */
export function dropH264Contexts(contexts: Map<string, H264Context>): void {
  for (const known of contexts.keys()) drop(contexts, known);
}

/** A video at one place. */
export interface H264Context {
  /** What its pictures are decoded with. */
  readonly decoder: H264Decoder;
  /** Where its pictures arrive. */
  readonly screen: H264Screen;
}

/** Where a video's pictures go: what its last rectangle came with. */
export interface H264Screen {
  /** Undefined before the first one, and once it is over. */
  context?: DecodeContext | undefined;
  /** Undefined, too, where `onPicture` draws. */
  into?: Surface | undefined;
}

const ACT = "Cannot read an Open H.264 rectangle";

function createH264Context(createH264Decoder: H264DecoderFactory, rectangle: Rectangle): H264Context {
  const screen: H264Screen = {};
  const decoder = createH264Decoder(rectangle.width, rectangle.height, (image) => show(screen, image, rectangle));
  return { decoder, screen };
}

/** A picture has come. The framebuffer may have become smaller since: only the one it was meant for is drawn on. */
function show({ context, into }: H264Screen, image: Image, rectangle: Rectangle): void {
  if (context === undefined) return;
  const width = Math.min(image.width, rectangle.width);
  const height = Math.min(image.height, rectangle.height);
  const picture = createSurface(width, height);
  drawImage(image, { ...rectangle, x: 0, y: 0 }, context.pixels, picture);
  if (context.onPicture !== undefined) context.onPicture(picture, rectangle);
  else if (into !== undefined) paste(into, rectangle.x, rectangle.y, picture);
}

function drop(contexts: Map<string, H264Context>, key: string): void {
  const dropped = contexts.get(key);
  if (dropped === undefined) return;
  contexts.delete(key);
  // A picture that comes late all the same is not drawn.
  dropped.screen.context = undefined;
  dropped.decoder.close();
}
