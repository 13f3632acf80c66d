// Our client at servers that others wrote.

import { afterAll, beforeAll, expect, test } from "vitest";
import { schemesNamed } from "../../auth/mod.ts";
import { Encoding, type Image } from "../../codec/mod.ts";
import {
  createRfbClient,
  joinServer,
  type RfbClient,
  type RfbClientEvent,
  type RfbClientOptions,
} from "../../endpoints/mod.ts";
import { connectTcp } from "../../transports/node.ts";
import { comparePictures, type Picture } from "../peers/picture.ts";
import { start, until } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { QEMU, type Qemu, startQemu } from "../peers/qemu.ts";
import { connectX, type XConnection } from "../peers/x11.ts";
import { startX11vnc, X11VNC, type X11vnc } from "../peers/x11vnc.ts";
import { startXtigervnc, XTIGERVNC, type Xtigervnc } from "../peers/xtigervnc.ts";
import { DRAWINGS, distanceOf, mixedPicture, redraw, rgbOf } from "./pictures.ts";
import { compression, type Tap, tapped } from "./tap.ts";

interface Joined {
  readonly client: RfbClient;
  readonly tap: Tap;
}

/** Joins a server, and leaves it once `act` is done. */
async function join(port: number, options: RfbClientOptions, act: (joined: Joined) => Promise<void>): Promise<void> {
  const tap = tapped(await connectTcp({ host: "127.0.0.1", port }), "client");
  const authentication = { schemes: schemesNamed(["none"]), credentials: () => ({}) };
  const client = createRfbClient(await joinServer(tap.transport, { authentication }), options);
  try {
    await act({ client, tap });
  } finally {
    await client.close();
  }
}

function pictureOf({ width, height, data }: Image): Picture {
  const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height);
  return rgbOf({ width, height, pixels });
}

/** The server's picture through each encoding that it has, and what it has sent. */
function expectEncodings(
  server: () => { readonly port: number; picture(): Promise<Picture> },
  lossless: readonly (keyof typeof Encoding)[],
  lossy: readonly (readonly [name: keyof typeof Encoding, qualityLevel: number, sent: string, most: number])[],
): void {
  test.each(lossless)("its picture in %s is that in Raw", async (name) => {
    const { port, picture } = server();
    await join(port, { compression, encodingTypes: [Encoding[name], Encoding.CopyRect] }, async ({ client, tap }) => {
      const expected = await picture();
      expect(comparePictures(pictureOf(await client.screenshot()), expected)).toEqual({ pixels: 0 });
      expect(comparePictures(pictureOf(await client.screenshot()), expected)).toEqual({ pixels: 0 });
      expect(Object.keys(tap.heard().rectangles).filter((kind) => kind.startsWith(name))).not.toEqual([]);
    });
  });

  test.each(lossy)(
    "its picture in %s of quality %d (%s) is near that in Raw",
    async (name, qualityLevel, sent, most) => {
      const { port, picture } = server();
      await join(port, { compression, encodingTypes: [Encoding[name]], qualityLevel }, async ({ client, tap }) => {
        expect(distanceOf(pictureOf(await client.screenshot()), await picture())).toBeLessThan(most);
        expect(Object.keys(tap.heard().rectangles)).toContain(sent);
      });
    },
  );
}

/** All that happens while the client is watched. */
function watch(client: RfbClient): RfbClientEvent[] {
  const events: RfbClientEvent[] = [];
  void (async () => {
    for await (const event of client) events.push(event);
  })().catch(() => {});
  return events;
}

function happens<Type extends RfbClientEvent["type"]>(
  events: readonly RfbClientEvent[],
  type: Type,
): Promise<Extract<RfbClientEvent, { readonly type: Type }>> {
  return until(`the event ${type}`, () => events.findLast((event) => event.type === type)) as never;
}

peer("RfbClient at Xtigervnc", [...XTIGERVNC, "xeyes"], () => {
  let server: Xtigervnc;
  let x: XConnection;
  const picture = mixedPicture(400, 300);
  beforeAll(async () => {
    server = await startXtigervnc({ width: 400, height: 300 });
    await server.paint(rgbOf(picture));
    x = await connectX(server.display);
  });
  afterAll(() => x?.close());

  expectEncodings(
    () => ({ port: server.port, picture: async () => rgbOf(picture) }),
    ["Raw", "RRE", "Hextile", "ZRLE", "Tight"],
    [["Tight", 6, "Tight JPEG", 13]],
  );

  test("keys and the pointer arrive", async () => {
    await join(server.port, { compression }, async ({ client }) => {
      await client.type("a%");
      await server.waitForKey("a", true);
      await server.waitForKey("a", false);
      await server.waitForKey("percent", true); // with a Shift that nobody has pressed
      await client.pointer(123, 45);
      await client.pointer(123, 45, 1);
      await client.pointer(200, 99, 1);
      await client.pointer(200, 99);
      await server.waitForPointer(123, 45, 1);
      await server.waitForPointer(200, 99, 0);
    });
  });

  test.each(["äöü, naïve", "猫 and 🐈\nin two lines"])("the clipboard goes both ways: %j", async (text) => {
    await join(server.port, { compression }, async ({ client }) => {
      const events = watch(client);
      await client.screenshot(); // its clipboard's first word has come by then
      await client.setClipboard(text);
      await until("the server's clipboard", async () => (await x.paste()) === text || undefined);
      const answer = `${text}, and back`;
      await x.copy(answer);
      expect((await happens(events, "clipboard")).text).toBe(answer);
    });
  });

  test("drawing comes by continuous updates, with fences", async () => {
    await join(server.port, { compression }, async ({ client, tap }) => {
      const drawing = mixedPicture(400, 300);
      await server.paint(rgbOf(drawing));
      await client.screenshot();
      const events = watch(client);
      await happens(events, "update");
      for (let seed = 1; seed <= 5; seed++) {
        redraw(drawing, { x: 30 * seed, y: 10 * seed, width: 90, height: 80 }, seed);
        await server.paint(rgbOf(drawing));
        const { framebuffer } = client;
        await until("the drawing", () => {
          const image = { width: 400, height: 300, data: framebuffer.toRgba() };
          return comparePictures(pictureOf(image), rgbOf(drawing)).pixels === 0 || undefined;
        });
      }
      const { clientMessages } = tap.heard();
      expect(clientMessages.enableContinuousUpdates).toBe(1);
      expect(clientMessages.clientFence).toBeGreaterThan(0);
      // One for the screenshot, and one as the reader came.
      expect(clientMessages.framebufferUpdateRequest).toBeLessThanOrEqual(3);
      await server.paint(rgbOf(picture));
    });
  });

  test("an animation is followed", async () => {
    await join(server.port, { compression }, async ({ client }) => {
      const events = watch(client);
      await client.screenshot();
      const eyes = start("xeyes", ["-display", `:${server.display}`, "-geometry", "150x100+20+20"]);
      const shapes = new Set<string>();
      for (let i = 0; i < 8; i++) {
        await client.pointer(10 + 40 * i, 200 - 20 * i);
        await new Promise((resolve) => setTimeout(resolve, 60));
        shapes.add(Buffer.from(client.framebuffer.toRgba()).toString("base64"));
      }
      expect(shapes.size).toBeGreaterThan(3);
      await until("the eyes to rest", async () => {
        const image = { width: 400, height: 300, data: client.framebuffer.toRgba() };
        return comparePictures(pictureOf(image), await server.dump()).pixels === 0 || undefined;
      });
      expect(events.some(({ type }) => type === "update")).toBe(true);
      await eyes.stop();
      await server.paint(rgbOf(picture));
    });
  });

  test("a size that is asked for comes, and is seen", async () => {
    await join(server.port, { compression }, async ({ client }) => {
      const events = watch(client);
      await client.screenshot();
      await client.resize(517, 333);
      await happens(events, "resize");
      const shot = pictureOf(await client.screenshot());
      expect([shot.width, shot.height]).toEqual([517, 333]);
      expect(comparePictures(shot, await server.dump())).toEqual({ pixels: 0 });
      await client.resize(400, 300);
      await until("the old size", () => client.framebuffer.width === 400 || undefined);
    });
  });
});

peer("RfbClient at QEMU", QEMU, () => {
  let server: Qemu;
  beforeAll(async () => {
    server = await startQemu({ vnc: ["lossy=on"] }); // without which it has no ZYWRLE
  });

  expectEncodings(
    () => ({ port: server.port, picture: () => server.screendump() }),
    ["Raw", "Hextile", "Zlib", "Tight", "TightPNG", "ZRLE"],
    // It takes no JPEG for a picture of 256 colours.
    [["ZYWRLE", 5, "ZYWRLE", 20]],
  );

  test("keys arrive by their place on the keyboard, whatever they write", async () => {
    await join(server.port, { compression }, async ({ client, tap }) => {
      await client.screenshot(); // it has told by then that it takes them
      for (const isDown of [true, false]) await client.key(0x62, isDown, A_KEYCODE); // "b" on some keyboard
      await server.waitForKey("a", true);
      await server.waitForKey("a", false);
      expect(server.keys().map(({ key }) => key)).not.toContain("b");
      expect(tap.heard().clientMessages.qemuExtendedKeyEvent).toBe(2);
      await client.type("c");
      await server.waitForKey("c", false);
    });
  });

  test("the pointer arrives", async () => {
    await join(server.port, { compression }, async ({ client }) => {
      await client.pointer(123, 45);
      await client.pointer(123, 45, 1);
      await client.pointer(123, 45);
      await server.waitForPointer(123, 45, 1);
      await server.waitForPointer(123, 45, 0);
    });
  });
});

peer("RfbClient at x11vnc", X11VNC, () => {
  let server: X11vnc;
  beforeAll(async () => {
    server = await startX11vnc(400, 300);
    await server.x.paint(rgbOf(mixedPicture(400, 300)));
  });

  expectEncodings(
    () => ({ port: server.port, picture: () => server.dump() }),
    ["Raw", "CoRRE", "Hextile", "Zlib", "Tight", "Ultra", "ZRLE"],
    [
      ["Tight", 6, "Tight JPEG", 13],
      ["ZYWRLE", 5, "ZYWRLE", 20],
    ],
  );

  test("its picture in RRE, where that is shorter", async () => {
    const drawing = rgbOf(mixedPicture(400, 300, DRAWINGS));
    await server.x.paint(drawing);
    await join(server.port, { compression, encodingTypes: [Encoding.RRE] }, async ({ client, tap }) => {
      const shot = (): Promise<Picture> => client.screenshot().then(pictureOf);
      await until("the drawing", async () => comparePictures(await shot(), drawing).pixels === 0 || undefined);
      expect(tap.heard().rectangles.RRE!.count).toBeGreaterThan(0);
    });
  });

  // libvncserver 0.9.14 says that it has the extended clipboard, and then loses what x11vnc knows nothing of.
  test("the clipboard arrives, where nothing says that it could be an extended one", async () => {
    await join(server.port, {}, async ({ client }) => {
      await client.setClipboard("naive");
      await server.waitForLog(/Set CLIPBOARD +'naive'/);
    });
  });
});

/** Of the XT set. */
const A_KEYCODE = 0x1e;
