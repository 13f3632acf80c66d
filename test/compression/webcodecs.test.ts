// WebCodecs in Chromium, which also encodes what is decoded here: the pictures are known.

import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { webCodecsH264 } from "../../compression/webcodecs.ts";
import { launchChromium } from "../browser/page.ts";
import { openScript, type ScriptPage } from "../browser/script.ts";
import { peer } from "../peers/programs.ts";
import type { WebCodecsPage } from "./webcodecs_page.ts";

test.skipIf("VideoDecoder" in globalThis)("a host without WebCodecs has no decoder", async () => {
  expect(await webCodecsH264()).toBeUndefined();
});

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
      "malformed: Cannot decode H.264: its first picture needs another one",
    ],
  ])("a stream %s is a fault", async (_title, bytes, said) => {
    expect(await page.call("fault", bytes)).toBe(`RfbError ${said}`);
  });

  test("what the decoder refuses is a fault, told with what comes next", async () => {
    const broken = [0, 0, 1, 0x67, 0x42, 0xe0, 0x1f, 0x8c, 0, 0, 1, 0x65, 0x88, 0x84, 1, 2, 3];
    expect(await page.call("fault", broken)).toMatch(/^RfbError malformed: Cannot decode H.264: /);
  });

  test("pictures that come faster than any decoder takes them are a fault, and no memory", async () => {
    expect(await page.call("flood")).toBe("limit");
  });
});
