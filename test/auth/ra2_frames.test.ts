import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFrameOpener, createFrameRecords, createFrameSealer } from "../../auth/ra2_frames.ts";
import { RfbError } from "../../codec/errors.ts";
import { append, createInput } from "../../codec/wire.ts";
import { bytes } from "../codec/arbitraries.ts";
import { be16, bytewise, hex, hexOf, join, splitsInThree } from "../codec/bytes.ts";
import { errorOf } from "../codec/errors.ts";
import { runs } from "../codec/runs.ts";
import { eaxOfOpenSsl } from "./ra2_peer.ts";

const KEY = hex("000102030405060708090a0b0c0d0e0f");
const KEY_256 = hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
const NOTHING: Uint8Array = new Uint8Array(0);

/** Frame `count` of a direction, by rfbproto and on OpenSSL. */
function frameOf(clear: Uint8Array, count: number, key = KEY): Uint8Array {
  const nonce = new Uint8Array(16);
  new DataView(nonce.buffer).setUint32(0, count, true);
  const length = be16(clear.length);
  return join([length, eaxOfOpenSsl(key, nonce, length, clear)]);
}

function framesOf(...clear: readonly Uint8Array[]): Uint8Array {
  return join(clear.map((each, count) => frameOf(each, count)));
}

function records(held = NOTHING, opened = NOTHING) {
  return createFrameRecords(createFrameSealer(KEY), createFrameOpener(KEY), opened, held);
}

/** All that the chunks open to, and in how many pieces. */
function openedOf(chunks: readonly Uint8Array[], layer = records()): Uint8Array[] {
  const opened: Uint8Array[] = [];
  for (const chunk of chunks) {
    layer.push(chunk);
    for (let next = layer.next(); next !== undefined; next = layer.next()) opened.push(next);
  }
  return opened;
}

function counting(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i * 7);
}

describe("A direction that seals", () => {
  test.each([
    ["AES-128", KEY],
    ["AES-256", KEY_256],
  ])("makes frames of %s, each with the next nonce", (_name, key) => {
    const seal = createFrameSealer(key);
    for (let count = 0; count < 600; count++) {
      const clear = counting(count % 40 || 1);
      expect(hexOf(seal(clear)), `frame ${count}`).toBe(hexOf(frameOf(clear, count, key)));
    }
  });

  test.each([
    [1, [1]],
    [8191, [8191]],
    [8192, [8192]],
    [8193, [8192, 1]],
    [100_000, [...Array.from({ length: 12 }, () => 8192), 1696]],
  ])("makes of %d bytes frames of 8192 at most", (length, sizes) => {
    const clear = counting(length);
    const frames = sizes.map((size, count) => frameOf(clear.subarray(8192 * count, 8192 * count + size), count));
    expect(hexOf(createFrameSealer(KEY)(clear))).toBe(hexOf(join(frames)));
  });

  test("makes nothing of nothing, and counts nothing", () => {
    const seal = createFrameSealer(KEY);
    expect(seal(NOTHING)).toStrictEqual(NOTHING);
    expect(hexOf(seal(hex("01")))).toBe(hexOf(frameOf(hex("01"), 0)));
  });

  test("leaves what it seals as it was", () => {
    const clear = counting(9000);
    createFrameSealer(KEY)(clear);
    expect(clear).toStrictEqual(counting(9000));
  });
});

describe("A direction that opens", () => {
  const clear = [hex("aa"), NOTHING, hex("bbbb"), counting(17)];
  const sealed = framesOf(...clear);
  const whole = hexOf(join(clear));

  test("opens the same whatever the pieces are", () => {
    expect(openedOf([sealed]).map(hexOf)).toStrictEqual([hexOf(clear[0]!), hexOf(clear[2]!), hexOf(clear[3]!)]);
    expect(hexOf(join(openedOf(bytewise(sealed))))).toBe(whole);
    for (const [first, second] of splitsInThree(sealed.length)) {
      const chunks = [sealed.slice(0, first), sealed.slice(first, second), sealed.slice(second)];
      expect(hexOf(join(openedOf(chunks)))).toBe(whole);
    }
  });

  test("opens frames of any length, and nothing ahead of the last byte", () => {
    for (const length of [1, 15, 16, 17, 8192, 8193, 65535]) {
      const frame = frameOf(counting(length), 0);
      const layer = records();
      layer.push(frame.slice(0, -1));
      expect(layer.next()).toBeUndefined();
      layer.push(frame.slice(-1));
      expect(layer.next()).toStrictEqual(counting(length));
      expect(layer.next()).toBeUndefined();
    }
  });

  test("opens what a sealing one sealed, in any pieces", () => {
    fc.assert(
      fc.property(fc.array(bytes(300), { maxLength: 8 }), fc.integer({ min: 1, max: 400 }), (messages, chunk) => {
        const seal = createFrameSealer(KEY);
        const wire = join(messages.map((message) => seal(message)));
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < wire.length; at += chunk) chunks.push(wire.slice(at, at + chunk));
        expect(hexOf(join(openedOf(chunks)))).toBe(hexOf(join(messages)));
      }),
      runs(200),
    );
  });

  test("does not write into what it was given", () => {
    const chunk = sealed.slice();
    openedOf([chunk]);
    expect(chunk).toStrictEqual(sealed);
  });

  test("fails at any bit that was changed, and lets nothing of that frame out", () => {
    const [first, second] = [frameOf(hex("aabb"), 0), frameOf(hex("ccdd"), 1)];
    for (let bit = 0; bit < 8 * second.length; bit++) {
      const changed = second.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const layer = records();
      // A length that has grown waits for its bytes: there are enough of them here.
      layer.push(join([first, changed, new Uint8Array(40_000)]));
      expect(layer.next()).toStrictEqual(hex("aabb"));
      expect(errorOf(() => layer.next()).code, `bit ${bit}`).toBe("insecure");
    }
  });

  test.each([
    ["again", () => [frameOf(hex("aa"), 0), frameOf(hex("aa"), 0)]],
    ["ahead of its turn", () => [frameOf(hex("aa"), 1)]],
    ["under another key", () => [frameOf(hex("aa"), 0, hex("ff".repeat(16)))]],
  ])("fails at a frame that comes %s, and for ever", (_what, frames) => {
    const layer = records();
    layer.push(join(frames()));
    const open = () => {
      while (layer.next() !== undefined);
    };
    const error = errorOf(open);
    expect(error).toMatchObject({
      code: "insecure",
      act: "Cannot open an RSA-AES frame",
      reason: "its tag does not match",
    });
    layer.push(frameOf(hex("bb"), 1));
    expect(errorOf(open)).toBe(error);
  });

  test("reads no more than one frame of an input that holds others", () => {
    const input = createInput();
    const open = createFrameOpener(KEY);
    append(input, join([framesOf(hex("aa"), hex("bb")), hex("00000000")]));
    expect(open(input)).toStrictEqual(hex("aa"));
    expect(open(input)).toStrictEqual(hex("bb"));
    expect(input.end - input.start).toBe(4);
  });
});

describe("Records", () => {
  test("begin with what came ahead of them: bytes in clear, whole frames, part of one", () => {
    const frames = framesOf(hex("aa"), hex("bb"));
    for (let length = 0; length <= frames.length; length++) {
      const layer = records(frames.slice(0, length), hex("0102"));
      expect(hexOf(join(openedOf([frames.slice(length)], layer)))).toBe("0102aabb");
    }
    expect(records(frames).next()).toStrictEqual(hex("aa"));
    expect(records().next()).toBeUndefined();
  });

  test("go both ways, each with a count of its own", () => {
    const layer = records();
    layer.push(frameOf(hex("aa"), 0));
    expect(layer.next()).toStrictEqual(hex("aa"));
    expect(hexOf(layer.seal(hex("01")))).toBe(hexOf(frameOf(hex("01"), 0)));
  });

  test("may end between two frames only", () => {
    const frame = frameOf(hex("aabb"), 0);
    for (let length = 0; length <= frame.length; length++) {
      const layer = records();
      openedOf([frame.slice(0, length)], layer);
      if (length === 0 || length === frame.length) expect(layer.end()).toBeUndefined();
      else {
        const reason = `the peer closed after ${length} bytes of it`;
        expect(errorOf(() => layer.end())).toMatchObject({ code: "truncated", reason });
      }
    }
  });

  test("open any bytes at all to nothing, or fail", () => {
    fc.assert(
      fc.property(bytes(400), fc.integer({ min: 1, max: 50 }), (noise, chunk) => {
        const layer = records();
        for (let at = 0; at < noise.length; at += chunk) {
          layer.push(noise.slice(at, at + chunk));
          try {
            expect(layer.next()).toBeUndefined();
          } catch (error) {
            expect(error).toBeInstanceOf(RfbError);
          }
        }
      }),
      runs(200),
    );
  });
});
