// What our server sends, as noVNC decodes it in Chromium.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Encoding, type Surface } from "../../codec/mod.ts";
import { servePage } from "../../examples/demo/page.ts";
import { launchChromium, pictureIn } from "../browser/page.ts";
import { comparePictures, type Picture, parsePng } from "../peers/picture.ts";
import { until } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { arrow, DRAWINGS, distanceOf, KINDS, mixedPicture, photograph, redraw, rgbOf } from "./pictures.ts";
import { type Served, servePicture } from "./served.ts";

/** noVNC, told by the test what to ask for: it asks for all that it knows otherwise. */
const PAGE = `<!doctype html>
<link rel="icon" href="data:,">
<div id="screen" style="width: 700px; height: 520px"></div>
<script type="module">
  import RFB from "./novnc/core/rfb.js";
  const ask = RFB.messages.clientEncodings;
  let wanted;
  RFB.messages.clientEncodings = (socket, types) =>
    ask(socket, types.filter((type) => wanted.kept.includes(type)).concat(wanted.added));
  let rfb;
  window.view = (options) => new Promise((resolve, reject) => {
    wanted = options;
    rfb = new RFB(document.getElementById("screen"), "ws://127.0.0.1:" + wanted.port + "/websockify");
    rfb.addEventListener("connect", resolve);
    rfb.addEventListener("disconnect", () => reject(new Error("noVNC has left")));
  });
  window.leave = () => new Promise((resolve) => {
    rfb.addEventListener("disconnect", resolve);
    rfb.disconnect();
  });
  window.isReady = true;
</script>`;

interface Wanted {
  /** Of what it would ask for. */
  readonly kept: readonly number[];
  readonly added?: readonly number[];
}

const { Raw, CopyRect, RRE, Hextile, Zlib, Tight, TightPNG, ZRLE, CompressionLevel0, JPEGQualityLevel0 } = Encoding;

peer("noVNC in Chromium", ["chromium"], () => {
  const pages = createServer(serve);
  const faults: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
    page = await browser.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
    await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
    await page.waitForFunction("window.isReady");
  });
  afterAll(async () => {
    await browser?.close();
    pages.close();
  });

  /** Serves a picture to it, and ends the session. */
  async function view(
    picture: Surface,
    wanted: Wanted,
    look: (shown: Shown, served: Served) => Promise<void>,
  ): Promise<void> {
    const served = await servePicture(picture, { isWebSocket: true });
    try {
      await page.evaluate(`view(${JSON.stringify({ added: [], ...wanted, port: served.port })})`);
      await look(shownIn(page), served);
      await page.evaluate("leave()");
      expect(faults.splice(0)).toEqual([]);
    } finally {
      await served.stop();
    }
  }

  describe("shows pixel for pixel", () => {
    test.each([
      ["Raw", Raw, []],
      ["RRE", RRE, []],
      ["Hextile", Hextile, []],
      ["Zlib", Zlib, []],
      ["ZRLE", ZRLE, []],
      ["Tight", Tight, []],
      ["Tight", Tight, [CompressionLevel0]],
      ["Tight", Tight, [CompressionLevel0 + 9]],
      ["TightPNG", TightPNG, []],
    ] as const)(
      "%s (%d) with %j: a picture, new areas of it, a move, and another picture",
      async (sent, type, added) => {
        const [width, height] = sent === "Raw" ? [640, 480] : [333, 257];
        const kinds = sent === "RRE" ? DRAWINGS : KINDS;
        const picture = mixedPicture(width, height, kinds);
        await view(picture, { kept: [type, CopyRect], added }, async (shown, { server, sent: tell }) => {
          await shown.alike(picture);
          for (const area of AREAS) {
            redraw(picture, area, 7, kinds);
            server.damage(area);
          }
          await shown.alike(picture);
          server.move({ x: 10, y: 10, width: 200, height: 150 }, 40, 25);
          await shown.alike(picture);
          redraw(picture, { x: 0, y: 0, width, height }, 9, kinds);
          server.damage();
          await shown.alike(picture);

          const { rectangles } = tell();
          const drawn = Object.keys(rectangles).filter((name) => name.startsWith(sent));
          expect(drawn.reduce((sum, name) => sum + rectangles[name]!.count, 0)).toBeGreaterThanOrEqual(2);
          expect(rectangles.CopyRect!.count).toBe(1);
        });
      },
    );

    test("gradients in Tight", async () => {
      const picture = photograph(333, 257);
      await view(picture, { kept: [Tight], added: [CompressionLevel0 + 9] }, async (shown, { sent }) => {
        await shown.alike(picture);
        expect(sent().rectangles["Tight gradient"]!.count).toBeGreaterThan(0);
      });
    });
  });

  test.each([
    [0, 33],
    [6, 13],
    [9, 1],
  ])("shows JPEG in Tight of quality %d near the picture", async (quality, most) => {
    const picture = mixedPicture(333, 257);
    const wanted = { kept: [Tight], added: [JPEGQualityLevel0 + quality] };
    await view(picture, wanted, async (shown, { sent }) => {
      const drawn = await shown.near(rgbOf(picture), most);
      // A browser may enlarge the colours in another way than our decoder does.
      expect(distanceOf(drawn, sent().picture)).toBeLessThan(1);
      expect(sent().rectangles["Tight JPEG"]!.count).toBeGreaterThan(0);
    });
  });

  test.each([
    // noVNC takes the first byte of a Cursor's pixel for blue, though it has asked for it to be red.
    ["Cursor", Encoding.Cursor, "with red and blue swapped"],
    ["VMwareCursor", Encoding.VMwareCursor, "as it is"],
  ])("shows the pointer of %s (%d) %s", async (name, type, how) => {
    await view(photograph(64, 64), { kept: [Raw, type] }, async ({ page }, { server, sent }) => {
      const cursor = arrow();
      server.setCursor(cursor);
      const [, base64, x, y] = await until("a pointer in the page", async () => {
        const style = await page.evaluate(() => document.querySelector<HTMLElement>("#screen canvas")!.style.cursor);
        return /^url\("data:image\/png;base64,(.+)"\) (\d+) (\d+),/.exec(style) ?? undefined;
      });
      expect([Number(x), Number(y)]).toEqual([cursor.hotspotX, cursor.hotspotY]);
      const expected = rgbOf(cursor);
      if (how !== "as it is")
        for (let i = 0; i < expected.rgb.length; i += 3) expected.rgb.subarray(i, i + 3).reverse();
      expect(comparePictures(parsePng(Buffer.from(base64!, "base64")), expected)).toEqual({ pixels: 0 });
      expect(sent().rectangles[name]!.count).toBe(1);
    });
  });

  test("follows a new size", async () => {
    await view(photograph(64, 64), { kept: [ZRLE, Encoding.ExtendedDesktopSize] }, async (shown, { server }) => {
      const picture = mixedPicture(333, 257);
      server.resize(picture);
      await shown.alike(picture);
    });
  });
});

interface Shown {
  readonly page: Page;
  /** Resolves once the page shows exactly this. */
  alike(picture: Surface): Promise<void>;
  /** What the page shows, once its samples are at most so far from these, on average. */
  near(expected: Picture, most: number): Promise<Picture>;
}

function shownIn(page: Page): Shown {
  const when = async (fault: (picture: Picture) => string | undefined): Promise<Picture> => {
    let last: string | undefined;
    return until("noVNC to show the picture", async () => {
      const picture = await pictureIn(page);
      last = picture === undefined ? "no picture" : fault(picture);
      return last === undefined ? picture : undefined;
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; ${last}`);
    });
  };
  return {
    page,
    async alike(picture) {
      await when((shown) => {
        const { pixels, first } = comparePictures(shown, rgbOf(picture));
        return pixels === 0 ? undefined : `${pixels} pixels differ: ${first}`;
      });
    },
    near: (expected, most) =>
      when((shown) => {
        const distance = distanceOf(shown, expected);
        return distance <= most ? undefined : `${distance} away`;
      }),
  };
}

const AREAS = [
  { x: 5, y: 7, width: 70, height: 33 },
  { x: 120, y: 99, width: 101, height: 150 },
  { x: 300, y: 3, width: 1, height: 1 },
] as const;

const novnc = servePage();

function serve(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === "/") response.setHeader("content-type", "text/html").end(PAGE);
  else novnc(request, response);
}
