import { expect, test } from "vitest";
import {
  ClipboardAction,
  ClipboardFormat,
  clipboardBytesOf,
  createDecoder,
  createEncoder,
  createFramebuffer,
  createSurface,
  decodeRectangle,
  deflateClipboard,
  Encoding,
  inflateClipboard,
  NEW_SESSION,
  RECTANGLE_LENGTH,
  RGBX8888,
} from "../../codec/mod.ts";
import { counting, DOTS, NOISE, PICTURE } from "./counted_streams.ts";
import { errorOf } from "./errors.ts";

const { Zlib, Tight, Raw, CompressionLevel9 } = Encoding;
const SESSION = { ...NEW_SESSION, pixelFormat: RGBX8888 };

test.each([
  ["Zlib", Zlib, 1],
  ["Tight", Tight, 2],
])("An encoder and a decoder of %s close their streams once, and then do nothing more", (_name, type, streams) => {
  const [encoding, decoding] = [counting(), counting()];
  const encoder = createEncoder(encoding);
  const decoder = createDecoder({ compression: decoding });
  const into = createSurface(200, 100);
  const encode = () => [NOISE, DOTS].flatMap((area) => encoder.encode(PICTURE, area, SESSION, type));
  const decode = (bytes: Uint8Array) =>
    decoder.decode(bytes.subarray(RECTANGLE_LENGTH), decodeRectangle(bytes), SESSION, into);
  const rectangles = encode();
  rectangles.forEach(decode);
  expect([encoding.open, decoding.open]).toEqual([streams, streams]);
  for (let time = 0; time < 2; time++) {
    encoder.close();
    decoder.close();
    expect(encode).toThrow(new TypeError("Cannot encode a rectangle: the encoder is closed"));
    expect(() => encoder.encode(PICTURE, NOISE, SESSION, Raw)).toThrow(TypeError);
    expect(() => rectangles.forEach(decode)).toThrow(new TypeError("Cannot draw a rectangle: the decoder is closed"));
  }
  expect([encoding.open, decoding.open]).toEqual([0, 0]);
  expect([encoding.made, decoding.made]).toEqual([streams, streams]);
});

test("A framebuffer that is closed keeps its picture", () => {
  const framebuffer = createFramebuffer({ compression: counting() });
  const session = { ...SESSION, framebufferWidth: 4, framebufferHeight: 2 };
  framebuffer.apply({ type: "bell" }, session);
  framebuffer.pixels.fill(0xff332211);
  framebuffer.close();
  framebuffer.close();
  framebuffer.apply({ type: "bell" }, session);
  expect([...framebuffer.toRgba().subarray(0, 4)]).toEqual([0x11, 0x22, 0x33, 0xff]);
});

test("What is deflated only to be measured is closed", () => {
  const compression = counting();
  const encoder = createEncoder(compression);
  encoder.encode(PICTURE, NOISE, { ...SESSION, encodingTypes: [CompressionLevel9] }, Tight);
  expect([compression.made, compression.open]).toEqual([3, 1]);
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
