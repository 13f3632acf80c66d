import { expect, test } from "vitest";
import { type Area, Encoding } from "../../codec/mod.ts";
import { createRfbServer } from "../../endpoints/mod.ts";
import { counting, DOTS, NOISE, PICTURE } from "../codec/counted_streams.ts";
import { soon } from "../proxy/bed.ts";
import { type Viewer, view } from "./viewer.ts";

const { Zlib, ZRLE, Tight, ZlibHex, CompressionLevel9 } = Encoding;

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
