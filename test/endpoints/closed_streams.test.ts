import { expect, test } from "vitest";
import {
  type Area,
  ClipboardAction,
  ClipboardFormat,
  type Compression,
  clipboardBytesOf,
  createEncoder,
  deflateClipboard,
  Encoding,
  inflateClipboard,
  NEW_SESSION,
  RGBX8888,
} from "../../codec/mod.ts";
import { nodeCompression } from "../../compression/node.ts";
import { createRfbServer } from "../../endpoints/mod.ts";
import { errorOf } from "../codec/errors.ts";
import { soon } from "../proxy/bed.ts";
import { screenful, type Viewer, view } from "./viewer.ts";

const real = await nodeCompression({ jpegModule: false });
const { Zlib, ZRLE, Tight, ZlibHex, CompressionLevel9 } = Encoding;
const SESSION = { ...NEW_SESSION, pixelFormat: RGBX8888 };

/** Counts the streams that are open, and all that ever were. */
function counting(): Compression & { open: number; made: number } {
  const compression = {
    ...real,
    open: 0,
    made: 0,
    createInflater: () => counted(real.createInflater()),
    createDeflater: (level: number) => counted(real.createDeflater(level)),
  };
  return compression;

  function counted<Stream extends { close?(): void }>(stream: Stream): Stream {
    compression.open++;
    compression.made++;
    return {
      ...stream,
      close() {
        compression.open--;
        stream.close!();
      },
    };
  }
}

const NOISE = { x: 0, y: 0, width: 100, height: 100 };
const DOTS = { x: 100, y: 0, width: 100, height: 100 };

/** Noise, and beside it dots of two colours. */
const PICTURE = screenful(200, 100);
for (let i = 0; i < PICTURE.pixels.length; i++) {
  const noise = Math.imul(i + 1, 2654435761) >>> 8;
  PICTURE.pixels[i] = 0xff000000 + (i % 200 < 100 ? noise : i % 3 === 0 ? 0x336699 : 0);
}

/** Has areas drawn, one update each. */
async function draws(viewer: Viewer, areas: readonly Area[], ...encodingTypes: number[]): Promise<void> {
  await viewer.encodings(...encodingTypes);
  for (const area of areas) {
    await viewer.request(false, area);
    await viewer.update();
  }
}

test.each([
  ["Zlib", Zlib, 1],
  ["ZRLE", ZRLE, 1],
  ["ZlibHex", ZlibHex, 2],
  ["Tight", Tight, 2],
])("Both ends of a connection close their streams of %s with it", async (_name, type, streams) => {
  const [near, far] = [counting(), counting()];
  const server = createRfbServer({ picture: PICTURE, name: "desk", compression: far });
  const viewer = await view(server, { compression: near });
  await draws(viewer, [NOISE, DOTS], type);
  expect([near.open, far.open]).toEqual([streams, streams]);
  await viewer.connection.close();
  await soon("the end", viewer.served);
  expect(far.open).toBe(0);
  viewer.framebuffer.close();
  expect(near.open).toBe(0);
});

test("Streams of Tight that are reset are closed", async () => {
  const [near, far] = [counting(), counting()];
  const server = createRfbServer({ picture: PICTURE, name: "desk", compression: far });
  const viewer = await view(server, { compression: near });
  await draws(viewer, [DOTS], Tight);
  await draws(viewer, [DOTS], Tight, CompressionLevel9);
  expect([near.made, far.made]).toEqual([2, 2]);
  expect([near.open, far.open]).toEqual([1, 1]);
  server.close();
});

test("What is deflated only to be measured is closed", () => {
  const compression = counting();
  const encoder = createEncoder(compression);
  encoder.encode(PICTURE, NOISE, { ...SESSION, encodingTypes: [CompressionLevel9] }, Tight);
  expect([compression.made, compression.open]).toEqual([3, 1]);
});

test("An encoder that is closed encodes nothing that it would need its streams for", () => {
  const encoder = createEncoder(real);
  encoder.encode(PICTURE, NOISE, SESSION, Zlib);
  encoder.close();
  expect(() => encoder.encode(PICTURE, NOISE, SESSION, Zlib)).toThrow(TypeError);
});

test("A clipboard's stream is closed with its message, and with its fault", () => {
  const compression = counting();
  const format = ClipboardFormat.Text;
  const sent = deflateClipboard([{ format, data: clipboardBytesOf("a") }], compression.createDeflater(6));
  expect(compression.open).toBe(0);
  inflateClipboard(sent, compression.createInflater());
  expect(compression.open).toBe(0);
  const torn = { ...sent, flags: ClipboardAction.Provide | format, deflated: sent.deflated.subarray(0, 5) };
  expect(errorOf(() => inflateClipboard(torn, compression.createInflater())).code).toBe("truncated");
  expect(compression.open).toBe(0);
});
