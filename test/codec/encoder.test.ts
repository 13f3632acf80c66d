import { expect, test } from "vitest";
import {
  createEncoder,
  createSurface,
  decodeRectangle,
  Encoding,
  encodingFor,
  NEW_SESSION,
  NO_COMPRESSION,
  piecesOf,
  RGBX8888,
} from "../../codec/mod.ts";

const { Raw, CoRRE, Tight, TightPNG } = Encoding;

test.each([
  ["Tight", Tight, 2048, 65536],
  ["TightPNG", TightPNG, 2048, 65536],
  ["CoRRE", CoRRE, 255, 65025],
])("%s (%d) goes in rectangles of at most %d columns and %d pixels that cover the area", (_, type, columns, most) => {
  for (const [width, height] of [
    [640, 480],
    [5000, 33],
    [1, 65535],
    [2049, 100],
    [0, 10],
  ] as const) {
    const pieces = piecesOf({ x: 7, y: 9, width, height }, type);
    for (const piece of pieces) {
      expect(piece.width).toBeLessThanOrEqual(columns);
      expect(piece.width * piece.height).toBeLessThanOrEqual(most);
      expect(piece.x >= 7 && piece.y >= 9 && piece.x + piece.width <= 7 + width).toBe(true);
      expect(piece.y + piece.height).toBeLessThanOrEqual(9 + height);
    }
    const corners = new Set(pieces.map(({ x, y }) => `${x},${y}`));
    expect(corners.size).toBe(pieces.length);
    expect(pieces.reduce((sum, piece) => sum + piece.width * piece.height, 0)).toBe(width * height);
  }
});

test("other encodings take an area whole", () => {
  const area = { x: 1, y: 2, width: 5000, height: 4000 };
  expect(piecesOf(area, Raw)).toEqual([area]);
});

test("the client's favourite is one that the libraries at hand suffice for", () => {
  const session = { ...NEW_SESSION, encodingTypes: [TightPNG, Tight, Encoding.Hextile] };
  const zlib = { createInflater: NO_COMPRESSION.createInflater, createDeflater: NO_COMPRESSION.createDeflater };
  expect(encodingFor(session, { ...zlib, encodePng: () => new Uint8Array(0) })).toBe(TightPNG);
  expect(encodingFor(session, zlib)).toBe(Tight);
  expect(encodingFor(session, NO_COMPRESSION)).toBe(Encoding.Hextile);
  expect(encodingFor({ ...session, encodingTypes: [Encoding.Cursor] }, zlib)).toBe(Raw);
});

test("each piece is a rectangle", () => {
  const picture = createSurface(600, 600);
  const area = { x: 10, y: 20, width: 500, height: 300 };
  const rectangles = createEncoder().encode(picture, area, { ...NEW_SESSION, pixelFormat: RGBX8888 }, CoRRE);
  const places = rectangles
    .map((bytes) => decodeRectangle(bytes))
    .map(({ x, y, width, height }) => ({ x, y, width, height }));
  expect(places).toEqual(piecesOf(area, CoRRE));
});
