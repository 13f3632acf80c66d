// The server under clients that others wrote.

import { afterAll, beforeAll, expect, test } from "vitest";
import { schemesNamed } from "../../auth/mod.ts";
import { createSurface, fillArea, type Surface } from "../../codec/mod.ts";
import { nodeCompression } from "../../compression/node.ts";
import { createRfbServer, type RfbServer, type RfbServerEvent } from "../../endpoints/mod.ts";
import { servePage } from "../../examples/demo/page.ts";
import { type Listener, listenTcp, listenWebSocket } from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import { isAlike, keepScreenshot, launchChromium, pictureIn, showOneToOne } from "../browser/page.ts";
import { comparePictures, type Picture } from "../peers/picture.ts";
import { freePort, until } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { captureWithGvnccapture, GVNCCAPTURE, VNCVIEWER, viewWithVncviewer } from "../peers/viewers.ts";
import { screenful } from "./viewer.ts";

const compression = await nodeCompression();
const WIDTH = 320;
const HEIGHT = 200;

function shownBy({ width, height, pixels }: Surface): Picture {
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    rgb[3 * i] = pixels[i]!;
    rgb[3 * i + 1] = pixels[i]! >> 8;
    rgb[3 * i + 2] = pixels[i]! >> 16;
  }
  return { width, height, rgb: Buffer.from(rgb) };
}

/** Gradients, which survive JPEG: noVNC asks for it. */
function calm(width: number, height: number, seed = 1): Surface {
  const picture = createSurface(width, height);
  for (let i = 0; i < picture.pixels.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const [red, green] = [(x >> 1) + 20 * seed, (y >> 1) + 50];
    picture.pixels[i] = ((red & 0xff) | ((green & 0xff) << 8) | 0xff400000) >>> 0;
  }
  return picture;
}

/** A desktop, what its clients did, and how serving them went. */
function startDesktop(picture = screenful(WIDTH, HEIGHT)) {
  const server = createRfbServer({ picture, name: "a desk", compression });
  const events: RfbServerEvent[] = [];
  const faults: unknown[] = [];
  void (async () => {
    for await (const event of server) {
      events.push(event);
      if (event.type === "resizeAsked") server.resize(screenful(event.width, event.height, 4), event.client);
    }
  })();
  const serve = (transport: Transport): void => {
    const authentication = { schemes: schemesNamed(["none"]), verifier: {} };
    server.serve(transport, { authentication }).catch((fault: unknown) => faults.push(fault));
  };
  return { server, events, faults, serve };
}

/** Everything that can change a picture, in turn. */
function change({ picture, damage, move }: RfbServer, step: number): void {
  fillArea(picture, 10 * step, 20, 30, 40, 0xff0000ff + step * 0x1000);
  damage({ x: 10 * step, y: 20, width: 30, height: 40 });
  move({ x: 0, y: 10, width: WIDTH, height: HEIGHT - 10 }, 0, 0);
  picture.pixels.set(calm(WIDTH, 10, step).pixels, WIDTH * (HEIGHT - 10));
  damage({ x: 0, y: HEIGHT - 10, width: WIDTH, height: 10 });
}

peer("vncviewer at an RfbServer", VNCVIEWER, () => {
  const { server, events, faults, serve } = startDesktop();
  let listener: Listener;
  beforeAll(async () => {
    listener = await listenTcp({ onConnection: serve });
  });
  afterAll(async () => {
    server.close();
    await listener.close();
  });

  test.each(["Raw", "Hextile", "ZRLE", "Tight"] as const)(
    "shows the picture in %s, as it changes",
    async (encoding) => {
      server.resize(screenful(WIDTH, HEIGHT));
      const viewer = await viewWithVncviewer({ port: listener.port, width: WIDTH, height: HEIGHT, encoding });
      await viewer.waitForPicture(shownBy(server.picture));
      for (let step = 1; step < 4; step++) {
        change(server, step);
        await viewer.waitForPicture(shownBy(server.picture));
      }
      await viewer.movePointer(70, 80);
      await viewer.pressKey(0x61);
      await until("the key", () => events.find((event) => event.type === "key" && event.keysym === 0x61));
      await until("the pointer", () =>
        events.find((event) => event.type === "pointer" && event.x === 70 && event.y === 80),
      );
      server.resize(screenful(200, 120, 9));
      await viewer.waitForPicture(shownBy(server.picture));
      await viewer.stop();
      events.length = 0;
      expect(faults).toStrictEqual([]);
    },
    60_000,
  );
});

peer("gvnccapture at an RfbServer", GVNCCAPTURE, () => {
  test("has the picture pixel for pixel", async () => {
    const { server, serve } = startDesktop();
    let port = await freePort();
    while (port < 5900) port = await freePort();
    const listener = await listenTcp({ port, onConnection: serve });
    const captured = await captureWithGvnccapture("127.0.0.1", port);
    expect(comparePictures(captured, shownBy(server.picture)).first).toBeUndefined();
    server.close();
    await listener.close();
  }, 30_000);
});

peer("noVNC in Chromium at an RfbServer", ["chromium"], () => {
  test("shows the picture as it changes, and its input and clipboard arrive", async () => {
    const { server, events, faults, serve } = startDesktop(calm(WIDTH, HEIGHT));
    const listener = await listenWebSocket({ serve: servePage(), onConnection: serve });
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 720, height: 560 } });
      await page.goto(`http://127.0.0.1:${listener.port}/`);
      await page.waitForSelector('#status[data-state="connected"]');
      const alike = () =>
        until("the picture in the page", async () => {
          const shown = await pictureIn(page);
          return (shown !== undefined && isAlike(shown, shownBy(server.picture))) || undefined;
        });
      await alike();
      for (let step = 1; step < 4; step++) {
        change(server, step);
        await alike();
      }
      server.resize(calm(400, 300, 7));
      await alike();
      await keepScreenshot(page, "novnc-rfb-server");

      expect(await page.textContent("#name")).toBe("a desk");
      server.setName("another desk");
      await page.waitForFunction(() => document.getElementById("name")!.textContent === "another desk");
      server.setClipboard("grüße \u2615");
      await page.waitForFunction(() => document.querySelector("input")!.value === "grüße \u2615");
      await page.fill("#clipboard", "zurück \u2615");
      await page.dispatchEvent("#clipboard", "change");
      await until("the clipboard", () => events.find((event) => event.type === "clipboard"));
      expect(events.find((event) => event.type === "clipboard")).toMatchObject({ text: "zurück \u2615" });

      await showOneToOne(page, server.picture as unknown as Picture);
      const canvas = (await page.locator("#screen canvas").boundingBox())!;
      await page.mouse.click(canvas.x + 123, canvas.y + 45);
      await page.keyboard.press("a");
      const key = await until("the key", () => events.find((event) => event.type === "key"));
      expect(key).toMatchObject({ keysym: 0x61, isDown: true, keycode: 0x1e });
      expect(events.find((event) => event.type === "pointer" && event.buttonMask === 1)).toMatchObject({
        x: 123,
        y: 45,
      });
      await page.close();
      await until("the end", () => events.find((event) => event.type === "left"));
      expect(faults).toStrictEqual([]);
    } finally {
      await browser.close();
      server.close();
      await listener.close();
    }
  }, 60_000);
});
