// WebCodecs in Chromium, which also encodes what is decoded here: the pictures are known.

import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type H264DecoderFactory, webCodecsH264 } from "../../compression/webcodecs.ts";
import { launchChromium } from "../browser/page.ts";
import { openScript, type ScriptPage } from "../browser/script.ts";
import { errorOf } from "../codec/errors.ts";
import { peer } from "../peers/programs.ts";
import type { Size, WebCodecsPage } from "./webcodecs_page.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test.skipIf("VideoDecoder" in globalThis)("a host without WebCodecs has no decoder", async () => {
  expect(await webCodecsH264()).toBeUndefined();
});

describe("whatever a host does", () => {
  const key = [0, 0, 1, 0x67, 0x42, 0xe0, 0x1f, 0, 0, 1, 0x65, 0x88, 1];

  test.each(["configure", "decode"])("an exception of its %s is a fault from then on", async (method) => {
    const refused = new DOMException("Not this one", "DataError");
    const { createDecoder } = await hostWith({
      [method]: () => {
        throw refused;
      },
    });
    const decoder = createDecoder(16, 16, () => {});
    for (let i = 0; i < 2; i++) {
      const error = errorOf(() => decoder.decode(Uint8Array.from(key)));
      expect(error).toMatchObject({ name: "RfbError", code: "malformed", reason: "Not this one", cause: refused });
    }
  });

  test("its pictures are given back, also where one cannot be drawn", async () => {
    const { createDecoder, put, closed } = await hostWith({
      drawImage: () => {
        throw new RangeError("no memory");
      },
    });
    createDecoder(16, 16, () => {});
    expect(() => put(16, 16)).toThrow("no memory");
    expect(closed()).toBe(1);
  });

  test("a rectangle without pixels has no pictures", async () => {
    const { createDecoder, put, closed } = await hostWith({});
    const show = vi.fn();
    createDecoder(0, 16, show);
    put(16, 16);
    createDecoder(16, 0, show);
    put(16, 16);
    expect(show).not.toHaveBeenCalled();
    createDecoder(16, 16, show);
    put(16, 16);
    expect(show).toHaveBeenCalledTimes(1);
    expect(closed()).toBe(3);
  });
});

/** A factory by WebCodecs of which some functions are others, and what to have the latest decoder put out. */
async function hostWith(methods: Readonly<Record<string, () => void>>): Promise<{
  readonly createDecoder: H264DecoderFactory;
  put(displayWidth: number, displayHeight: number): void;
  closed(): number;
}> {
  let output: ((frame: object) => void) | undefined;
  let closed = 0;
  const nothing = { configure: () => {}, decode: () => {}, drawImage: () => {}, ...methods };
  class VideoDecoder {
    static isConfigSupported = async (): Promise<object> => ({ supported: true });
    readonly decodeQueueSize = 0;
    readonly configure = nothing.configure;
    readonly decode = nothing.decode;
    constructor(init: { output(frame: object): void }) {
      output = init.output;
    }
  }
  class OffscreenCanvas {
    getContext(): object {
      return {
        drawImage: nothing.drawImage,
        getImageData(_x: number, _y: number, width: number, height: number): object {
          if (width === 0 || height === 0) throw new DOMException("no pixels", "IndexSizeError");
          return { width, height };
        },
      };
    }
  }
  for (const [name, stub] of Object.entries({ VideoDecoder, OffscreenCanvas, EncodedVideoChunk: Object })) {
    vi.stubGlobal(name, stub);
  }
  return {
    createDecoder: (await webCodecsH264())!,
    put: (displayWidth, displayHeight) => output!({ displayWidth, displayHeight, close: () => closed++ }),
    closed: () => closed,
  };
}

const SMALL: Size = { width: 48, height: 20 };

peer("H.264 in Chromium", ["chromium"], () => {
  let browser: Browser;
  let page: ScriptPage<WebCodecsPage>;

  beforeAll(async () => {
    browser = await launchChromium();
    page = await openScript<WebCodecsPage>(browser, fileURLToPath(new URL("webcodecs_page.ts", import.meta.url)));
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await page.close();
  });

  test.each([
    { width: 320, height: 240, codec: "avc1.42001f", together: 1 },
    { width: 318, height: 234, codec: "avc1.42001f", together: 1 }, // blocks are of 16 x 16
    { width: 320, height: 240, codec: "avc1.4d001f", together: 24 },
    { width: 640, height: 480, codec: "avc1.64001f", together: 5 },
  ])("$width x $height of $codec, $together pictures a rectangle, is drawn with no picture missing", async (of) => {
    const { pictures, difference, differenceBefore, damage } = await page.call("show", of);
    expect(pictures).toBe(24);
    expect(difference).toBeLessThan(3);
    expect(difference).toBeLessThan(differenceBefore / 2);
    expect(damage).toEqual([{ x: 16, y: 8, width: of.width, height: of.height }]);
  });

  test.each([
    ["that has no start code", [1, 2, 3, 4, 5, 6], "malformed: Cannot decode H.264: it has no start code"],
    [
      "without a parameter set",
      [0, 0, 1, 0x65, 0x88, 1],
      "malformed: Cannot decode H.264: no parameter set comes first",
    ],
    [
      "whose first picture builds on another",
      [0, 0, 1, 0x67, 0x42, 0xe0, 0x1f, 0x8c, 0, 0, 1, 0x41, 0x9a, 1],
      "malformed: Cannot decode H.264: the first picture of a parameter set needs another one",
    ],
  ])("a stream %s is a fault", async (_title, bytes, said) => {
    expect(await page.call("fault", bytes)).toBe(`RfbError ${said}`);
  });

  test("a new parameter set in front of a picture that needs another one is a fault", async () => {
    const said = "malformed: Cannot decode H.264: the first picture of a parameter set needs another one";
    expect(await page.call("turn")).toBe(`RfbError ${said}`);
  });

  test("pictures larger than their rectangle are cut to it, and take no more memory than that", async () => {
    const { pictures, canvases, difference } = await page.call("cut", SMALL);
    expect(pictures).toEqual(Array.from({ length: 24 }, () => SMALL));
    expect(canvases).toEqual([SMALL]);
    expect(difference).toBeLessThan(3);
  });

  test("what the decoder refuses is a fault, told with what comes next", async () => {
    const broken = [0, 0, 1, 0x67, 0x42, 0xe0, 0x1f, 0x8c, 0, 0, 1, 0x65, 0x88, 0x84, 1, 2, 3];
    expect(await page.call("fault", broken)).toMatch(/^RfbError malformed: Cannot decode H.264: /);
  });

  test("pictures that come faster than any decoder takes them are a fault, and no memory", async () => {
    expect(await page.call("flood")).toBe("limit");
  });
});
