import { describe, expect, test } from "vitest";
import { schemesNamed } from "../../auth/mod.ts";
import {
  createSurface,
  DEFAULT_LIMITS,
  Encoding,
  FenceFlag,
  fillArea,
  type PixelFormat,
  pixelReadersOf,
  RGBX8888,
  type Surface,
  valuesOf,
} from "../../codec/mod.ts";
import { nodeCompression } from "../../compression/node.ts";
import { createRfbServer, joinServer, type RfbServer, type RfbServerEvent } from "../../endpoints/mod.ts";
import { createMemoryPair } from "../../transports/memory.ts";
import type { Transport } from "../../transports/transport.ts";
import { hex, join, latin1 } from "../codec/bytes.ts";
import { sleep, soon, withResolvers } from "../proxy/bed.ts";
import { screenful, type Viewer, view } from "./viewer.ts";

const compression = await nodeCompression();

const RGB565BE: PixelFormat = {
  ...{ bitsPerPixel: 16, depth: 16, bigEndianFlag: 1, trueColourFlag: 1 },
  ...{ redMax: 31, greenMax: 63, blueMax: 31, redShift: 11, greenShift: 5, blueShift: 0 },
};
const BGR233: PixelFormat = {
  ...{ bitsPerPixel: 8, depth: 8, bigEndianFlag: 0, trueColourFlag: 1 },
  ...{ redMax: 7, greenMax: 7, blueMax: 3, redShift: 0, greenShift: 3, blueShift: 6 },
};
const INDEXED: PixelFormat = {
  ...{ bitsPerPixel: 8, depth: 8, bigEndianFlag: 0, trueColourFlag: 0 },
  ...{ redMax: 0, greenMax: 0, blueMax: 0, redShift: 0, greenShift: 0, blueShift: 0 },
};

/** What is left of a picture in a format: with a colour map, in the cube of 8 × 8 × 4 colours. */
function squeezed({ pixels }: Surface, format: PixelFormat): Uint8Array {
  const cube = { ...BGR233, redShift: 5, greenShift: 2, blueShift: 0 };
  const kept = format.trueColourFlag === 0 ? cube : format;
  const { ofValue } = pixelReadersOf(kept);
  return new Uint8Array(Uint32Array.from(valuesOf(pixels, kept), (value) => ofValue(value)).buffer);
}

/** The viewer shows the picture, as far as the format goes. Of a long list of wrong pixels nobody reads more than the first. */
function expectAlike({ framebuffer }: Viewer, picture: Surface, format = RGBX8888, hint = ""): void {
  expect([framebuffer.width, framebuffer.height], hint).toStrictEqual([picture.width, picture.height]);
  const [shown, expected] = [framebuffer.toRgba(), squeezed(picture, format)];
  expect(shown.length, hint).toBe(expected.length);
  const wrong = shown.findIndex((byte, i) => byte !== expected[i]);
  const at = `${hint} byte ${wrong % 4} of ${Math.floor(wrong / 4) % picture.width},${Math.floor(wrong / 4 / picture.width)}`;
  expect(wrong === -1 ? "alike" : `${at} is ${shown[wrong]}, not ${expected[wrong]}`).toBe("alike");
}

function serve(picture: Surface = screenful(100, 70), more = {}): RfbServer {
  return createRfbServer({ picture, name: "desk", compression, ...more });
}

/** Takes events into a list, and does to each what the test wants. */
function listen(server: RfbServer, act: (event: RfbServerEvent) => unknown = () => {}): RfbServerEvent[] {
  const events: RfbServerEvent[] = [];
  void (async () => {
    for await (const event of server) {
      events.push(event);
      await act(event);
    }
  })();
  return events;
}

/** Waits until it is so: the server has its own pace. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (isSo()) return;
    await sleep(5);
  }
  throw new Error(`${what}: not within 2000 ms`);
}

/** Counts what the server writes. */
function metered(counter: { written: number; writes: number }) {
  return (transport: Transport): Transport => ({
    ...transport,
    read: () => transport.read(),
    write(bytes) {
      counter.written += bytes.length;
      counter.writes += 1;
      return transport.write(bytes);
    },
  });
}

describe("Clients of one server", () => {
  const FORMATS = [
    ["32 bits", RGBX8888],
    ["16 bits, big-endian", RGB565BE],
    ["8 bits", BGR233],
    ["a colour map", INDEXED],
  ] as const;
  const ENCODINGS = ["Raw", "RRE", "CoRRE", "Hextile", "Zlib", "ZRLE", "TRLE", "Tight"] as const;

  test("get the same picture, each in its own format and encoding", async () => {
    const picture = screenful(300, 150);
    const server = serve(picture);
    const viewers = await Promise.all(
      FORMATS.flatMap(([, format]) =>
        ENCODINGS.map(async (name) => {
          const viewer = await view(server, { compression, highWaterMark: 1000, chunk: 777 });
          await viewer.format(format);
          await viewer.encodings(Encoding[name]);
          await viewer.request(false);
          const drawn = await viewer.update();
          return { viewer, format, name, drawn };
        }),
      ),
    );
    expect(server.clients).toHaveLength(32);
    for (const { viewer, format, name, drawn } of viewers) {
      expectAlike(viewer, picture, format, `${name}, ${format.bitsPerPixel}`);
      const sent = new Set(drawn.map(({ encodingType }) => encodingType));
      expect(sent.has(Encoding[name]) || sent.has(Encoding.Raw), name).toBe(true);
    }
    fillArea(picture, 20, 30, 200, 60, 0xff00ff00);
    server.damage({ x: 20, y: 30, width: 200, height: 60 });
    for (const { viewer, format, name } of viewers) {
      await viewer.request(true);
      const drawn = await viewer.update();
      expectAlike(viewer, picture, format, `${name}, ${format.bitsPerPixel}`);
      for (const { x, y, width, height } of drawn) {
        expect(x >= 20 && y >= 30 && x + width <= 220 && y + height <= 90, `${x},${y} ${width}x${height}`).toBe(true);
      }
    }
    server.close();
  });

  test("without a compression get the first encoding that needs none, or Raw", async () => {
    const server = createRfbServer({ picture: screenful(40, 30) });
    const viewer = await view(server);
    await viewer.encodings(Encoding.Tight, Encoding.ZRLE, Encoding.Hextile, Encoding.Raw);
    await viewer.request(false);
    expect((await viewer.update()).map(({ encodingType }) => encodingType)).toStrictEqual([Encoding.Hextile]);
    await viewer.encodings(Encoding.Tight);
    await viewer.request(false);
    expect((await viewer.update()).map(({ encodingType }) => encodingType)).toStrictEqual([Encoding.Raw]);
    expectAlike(viewer, server.picture);
  });

  test("can change the format in the middle, and back", async () => {
    const server = serve();
    const viewer = await view(server, { compression });
    await viewer.encodings(Encoding.ZRLE);
    for (const format of [RGBX8888, INDEXED, RGB565BE, INDEXED, BGR233, RGBX8888]) {
      await viewer.format(format);
      await viewer.request(false);
      await viewer.update();
      expectAlike(viewer, server.picture, format);
    }
  });

  test("see a picture that is too large for one rectangle, which others can draw on meanwhile", async () => {
    const picture = screenful(700, 600);
    const server = serve(picture);
    const viewer = await view(server, { highWaterMark: 10_000 });
    await viewer.request(false);
    await viewer.message("framebufferUpdate");
    await sleep(20);
    fillArea(picture, 0, 0, 700, 600, 0xff112233);
    server.damage();
    const first = viewer.message("framebufferUpdateEnd");
    await first;
    await viewer.request(true);
    expect((await viewer.update()).length).toBeGreaterThan(1);
    expectAlike(viewer, picture);
  });
});

describe("An update", () => {
  test("is not sent before there is something in it, and holds what was damaged and no more", async () => {
    const server = serve();
    const counter = { written: 0, writes: 0 };
    const viewer = await view(server, { wrap: metered(counter) });
    await viewer.request(false);
    await viewer.update();
    await viewer.request(true);
    const before = counter.written;
    await sleep(30);
    expect(counter.written).toBe(before);
    server.damage({ x: 10, y: 20, width: 5, height: 3 });
    server.damage({ x: 90.5, y: 60.2, width: 500, height: 500 });
    expect((await viewer.update()).map(({ x, y, width, height }) => [x, y, width, height])).toStrictEqual([
      [10, 20, 5, 3],
      [90, 60, 10, 10],
    ]);
    await viewer.request(true);
    server.damage({ x: 200, y: 0, width: 5, height: 3 });
    server.damage({ x: 0, y: 0, width: 0, height: 9 });
    server.damage({ x: 3, y: 4, width: 1, height: 1 });
    expect(await viewer.update()).toMatchObject([{ x: 3, y: 4, width: 1, height: 1 }]);
  });

  test("is of the area that was asked for; the rest stays for later", async () => {
    const server = serve();
    const viewer = await view(server);
    await viewer.request(false);
    await viewer.update();
    server.damage({ x: 0, y: 0, width: 100, height: 10 });
    await viewer.request(true, { x: 40, y: 0, width: 20, height: 5 });
    expect(await viewer.update()).toMatchObject([{ x: 40, y: 0, width: 20, height: 5 }]);
    await viewer.request(true);
    const rest = await viewer.update();
    expect(rest.reduce((pixels, { width, height }) => pixels + width * height, 0)).toBe(900);
    expectAlike(viewer, server.picture);
  });

  test.each([
    ["no pixels", { x: 5, y: 5, width: 0, height: 0 }],
    ["pixels outside", { x: 100, y: 70, width: 10, height: 10 }],
    ["pixels far outside", { x: 65535, y: 65535, width: 65535, height: 65535 }],
  ])("comes without rectangles where %s are asked for", async (_, area) => {
    const server = serve();
    const viewer = await view(server);
    await viewer.request(false, area);
    expect(await viewer.update()).toStrictEqual([]);
    await viewer.request(false, { x: 90, y: 60, width: 65535, height: 65535 });
    expect(await viewer.update()).toMatchObject([{ x: 90, y: 60, width: 10, height: 10 }]);
  });

  test("has the whole picture for a client that begins with an increment", async () => {
    const server = serve();
    const viewer = await view(server);
    await viewer.request(true);
    await viewer.update();
    expectAlike(viewer, server.picture);
  });

  test("of a picture without pixels is empty", async () => {
    const viewer = await view(serve(createSurface(0, 0)));
    await viewer.request(false);
    expect(await viewer.update()).toStrictEqual([]);
  });

  test("moves pixels with CopyRect where the client knows it, and is right however draws and moves mix", async () => {
    for (const types of [[Encoding.CopyRect, Encoding.ZRLE], [Encoding.Hextile]] as number[][]) {
      const picture = screenful(100, 70);
      const server = serve(picture);
      const viewer = await view(server, { compression });
      await viewer.encodings(...types);
      await viewer.request(false);
      await viewer.update();
      let copies = 0;
      let state = 7;
      const random = (below: number): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
      };
      for (let round = 0; round < 60; round++) {
        for (let act = random(6); act >= 0; act--) {
          const [width, height] = [1 + random(50), 1 + random(40)];
          const area = { x: random(101 - width), y: random(71 - height), width, height };
          if (random(2) === 0) {
            fillArea(picture, area.x, area.y, width, height, (0xff000000 | random(0x1000000)) >>> 0);
            server.damage(area);
          } else {
            server.move(area, random(101 - width), random(71 - height));
          }
        }
        if (random(4) === 0) await viewer.request(true, { x: 0, y: 0, width: 60, height: 60 });
        else await viewer.request(true);
        const pending = viewer.update();
        server.damage({ x: 0, y: 0, width: 1, height: 1 }); // so that there is an answer
        copies += (await pending).filter(({ encodingType }) => encodingType === Encoding.CopyRect).length;
      }
      await viewer.request(true);
      server.damage({ x: 0, y: 0, width: 1, height: 1 });
      await viewer.update();
      expectAlike(viewer, picture);
      expect(copies > 30).toBe(types.includes(Encoding.CopyRect));
    }
  });

  test("has pixels where they were moved while it was on its way: nobody knows what the client has", async () => {
    const picture = screenful(700, 600);
    const server = serve(picture);
    const viewer = await view(server, { highWaterMark: 10_000 });
    await viewer.encodings(Encoding.CopyRect);
    await viewer.request(false);
    await viewer.message("framebufferUpdate");
    await sleep(20);
    server.move({ x: 0, y: 50, width: 700, height: 550 }, 0, 0);
    await viewer.message("framebufferUpdateEnd");
    await viewer.request(true);
    expect((await viewer.update()).every(({ encodingType }) => encodingType === Encoding.Raw)).toBe(true);
    expectAlike(viewer, picture);
  });

  test("moves nothing from or to outside: that is the caller's fault", () => {
    const server = serve();
    const area = { x: 0, y: 0, width: 100, height: 50 };
    for (const [x, y] of [
      [0, 21],
      [1, 0],
      [-1, 0],
      [0.5, 0],
    ] as const) {
      expect(() => server.move(area, x, y)).toThrow(RangeError);
    }
    expect(() => server.move({ ...area, y: 30 }, 0, 0)).toThrow(RangeError);
  });

  test("scrolls at the price of what is new", async () => {
    const picture = screenful(400, 300);
    const server = serve(picture);
    const viewer = await view(server);
    await viewer.encodings(Encoding.CopyRect);
    await viewer.request(false);
    await viewer.update();
    await viewer.request(true);
    server.move({ x: 0, y: 10, width: 400, height: 290 }, 0, 0);
    fillArea(picture, 0, 290, 400, 10, 0xff123456);
    server.damage({ x: 0, y: 290, width: 400, height: 10 });
    expect((await viewer.update()).map(({ encodingType, height }) => [encodingType, height])).toStrictEqual([
      [Encoding.CopyRect, 290],
      [Encoding.Raw, 10],
    ]);
    expectAlike(viewer, picture);
  });
});

describe("A client that does not read", () => {
  test("gets no more than one update, however often the picture changes, and then the newest", async () => {
    const picture = screenful(200, 100);
    const server = serve(picture);
    const counter = { written: 0, writes: 0 };
    const viewer = await view(server, { highWaterMark: 1000, wrap: metered(counter) });
    await viewer.encodings(Encoding.Fence, Encoding.ContinuousUpdates);
    await viewer.send({ type: "enableContinuousUpdates", enableFlag: 1, x: 0, y: 0, width: 200, height: 100 });
    await viewer.request(false);
    await until("an update on its way", () => counter.written > 80_000);
    for (let i = 0; i < 300; i++) {
      fillArea(picture, 0, 0, 200, 100, (0xff000000 + i) >>> 0);
      server.damage();
      server.bell();
      server.setName(`desk ${i}`);
      server.setClipboard("x".repeat(1000 + i));
      if (i % 30 === 0) await sleep(1);
    }
    await sleep(20);
    // ServerInit and the like, and one update.
    expect(counter.written).toBeLessThan(200 * 100 * 4 + 200);
    const other = await view(server);
    await other.request(false);
    await other.update();
    expectAlike(other, picture);

    const types: string[] = [];
    while (types.filter((type) => type === "framebufferUpdateEnd").length < 2) {
      const event = await soon("event", viewer.connection.next());
      viewer.framebuffer.apply(event!, viewer.connection.session);
      types.push(event!.type);
      if (event!.type === "serverCutText") expect(event!.text).toHaveLength(1299);
    }
    expect(types.filter((type) => type === "bell" || type === "serverCutText")).toStrictEqual([
      "bell",
      "serverCutText",
    ]);
    expectAlike(viewer, picture);
    expect(counter.written).toBeLessThan(2 * (200 * 100 * 4 + 1000));
  });

  test("is not read either, once its answers pile up", async () => {
    const server = serve();
    const counter = { written: 0, writes: 0 };
    const viewer = await view(server, { highWaterMark: 1000, wrap: metered(counter) });
    const fence = { type: "clientFence", flags: FenceFlag.Request, payload: new Uint8Array(64) } as const;
    let isStuck = false;
    for (let i = 0; i < 20_000 && !isStuck; i++) {
      isStuck = await Promise.race([viewer.send(fence).then(() => false), sleep(100).then(() => true)]);
    }
    expect(isStuck).toBe(true);
    expect(counter.written).toBeLessThan(200_000);
    const other = await view(server);
    await other.request(false);
    await other.update();
    await viewer.connection.close();
    await soon("end", viewer.served);
  });
});

describe("Continuous updates", () => {
  test("are announced once, come unasked in their area, and end with a word", async () => {
    const server = serve();
    const viewer = await view(server);
    await viewer.request(false);
    await viewer.update();
    await viewer.encodings(Encoding.ContinuousUpdates);
    await viewer.message("endOfContinuousUpdates");
    await viewer.encodings(Encoding.ContinuousUpdates, Encoding.Raw);
    await viewer.send({ type: "enableContinuousUpdates", enableFlag: 1, x: 0, y: 0, width: 50, height: 70 });
    for (let i = 0; i < 3; i++) {
      await sleep(2);
      server.damage({ x: 40, y: i, width: 20, height: 1 });
      // The second announcement would be here.
      const event = await viewer.connection.next();
      expect(event?.type).toBe("framebufferUpdate");
      viewer.framebuffer.apply(event!, viewer.connection.session);
      const rectangle = await viewer.message("rectangle");
      expect(rectangle).toMatchObject({ x: 40, y: i, width: 10, height: 1 });
      await viewer.message("framebufferUpdateEnd");
    }
    await viewer.request(true);
    await viewer.send({ type: "enableContinuousUpdates", enableFlag: 0, x: 0, y: 0, width: 0, height: 0 });
    await viewer.message("endOfContinuousUpdates");
    server.damage({ x: 0, y: 0, width: 1, height: 1 });
    await sleep(5);
    await viewer.request(true);
    // The request from before was ignored: this is the answer to the last one.
    expect((await viewer.update()).length).toBe(4);
  });

  test("come in their area while a request for another one waits", async () => {
    const server = serve();
    const viewer = await view(server);
    await viewer.request(false);
    await viewer.update();
    await viewer.encodings(Encoding.ContinuousUpdates);
    await viewer.request(true, { x: 0, y: 0, width: 4, height: 4 });
    await viewer.send({ type: "enableContinuousUpdates", enableFlag: 1, x: 10, y: 0, width: 90, height: 70 });
    await sleep(5);
    server.damage({ x: 50, y: 50, width: 5, height: 5 });
    expect(await viewer.update()).toMatchObject([{ x: 50, y: 50, width: 5, height: 5 }]);
  });

  test("wait for the fence behind the one before", async () => {
    const server = serve();
    const viewer = await view(server);
    await viewer.request(false);
    await viewer.update();
    await viewer.encodings(Encoding.Fence, Encoding.ContinuousUpdates);
    const first = await viewer.message("serverFence");
    expect(first).toMatchObject({ flags: FenceFlag.Request, payload: new Uint8Array(0) });
    await viewer.send({ type: "clientFence", flags: 0, payload: first.payload });
    await viewer.send({ type: "enableContinuousUpdates", enableFlag: 1, x: 0, y: 0, width: 100, height: 70 });
    await sleep(5);
    server.damage({ x: 0, y: 0, width: 1, height: 1 });
    await viewer.update();
    const { payload } = await viewer.message("serverFence");
    server.damage({ x: 1, y: 0, width: 1, height: 1 });
    await sleep(5);
    server.damage({ x: 2, y: 0, width: 1, height: 1 });
    const waiting = viewer.update();
    await sleep(20);
    await viewer.send({ type: "clientFence", flags: 0, payload: payload.slice() });
    expect(await waiting).toHaveLength(2);
  });
});

describe("A fence", () => {
  test("comes back with its payload and the flags that we know", async () => {
    const server = serve();
    const viewer = await view(server);
    const payload = hex("0102030405");
    await viewer.send({ type: "clientFence", flags: 0xfffffffb, payload });
    expect(await viewer.message("serverFence")).toStrictEqual({ type: "serverFence", flags: 3, payload });
    await viewer.send({ type: "clientFence", flags: 7, payload: hex("aa") }); // an answer to nothing
    await viewer.send({ type: "clientFence", flags: FenceFlag.Request, payload: hex("bb") });
    expect(await viewer.message("serverFence")).toStrictEqual({ type: "serverFence", flags: 0, payload: hex("bb") });
  });

  test("that goes with the next message comes back behind it: pixels before are of the old format, those after of the new", async () => {
    const server = serve();
    const viewer = await view(server);
    await viewer.request(false);
    await viewer.update();
    await viewer.send({ type: "enableContinuousUpdates", enableFlag: 1, x: 0, y: 0, width: 100, height: 70 });
    const flags = FenceFlag.Request + FenceFlag.SyncNext;
    await viewer.send({ type: "clientFence", flags, payload: hex("01") });
    await sleep(5);
    server.damage();
    // Nothing may come in between: the answer is the first that does.
    await sleep(20);
    await viewer.format(BGR233);
    const event = await viewer.connection.next();
    expect(event).toStrictEqual({ type: "serverFence", flags: FenceFlag.SyncNext, payload: hex("01") });
    await viewer.update();
    expectAlike(viewer, server.picture, BGR233);
    // Two in a row: the second one is the first one's next message.
    await viewer.send({ type: "clientFence", flags, payload: hex("02") });
    await viewer.send({ type: "clientFence", flags, payload: hex("03") });
    expect((await viewer.message("serverFence")).payload).toStrictEqual(hex("02"));
    await viewer.send({ type: "keyEvent", downFlag: 1, key: 0x61 });
    expect((await viewer.message("serverFence")).payload).toStrictEqual(hex("03"));
  });
});

describe("Another size", () => {
  test.each([
    ["ExtendedDesktopSize", Encoding.ExtendedDesktopSize],
    ["DesktopSize", Encoding.DesktopSize],
  ] as const)("is told with %s, alone, and the pixels come after it", async (_, type) => {
    const server = serve();
    const viewer = await view(server);
    await viewer.encodings(Encoding.Raw, type);
    await viewer.request(false);
    await viewer.update();
    for (const [width, height] of [
      [150, 90],
      [20, 10],
      [0, 0],
      [64, 64],
    ] as const) {
      await viewer.request(true);
      const picture = screenful(width, height, width + 1);
      server.resize(picture);
      expect(await viewer.update()).toMatchObject([{ encodingType: type, width, height }]);
      if (width === 0) continue;
      await viewer.request(true);
      await viewer.update();
      expectAlike(viewer, picture);
    }
  });

  test("is kept from a client that does not know of it: cut off, or black", async () => {
    const server = serve();
    const viewer = await view(server);
    await viewer.request(false);
    await viewer.update();
    const smaller = screenful(60, 90, 5);
    server.resize(smaller);
    await viewer.request(true);
    await viewer.update();
    const expected = createSurface(100, 70);
    expected.pixels.fill(0xff000000);
    for (let y = 0; y < 70; y++) expected.pixels.set(smaller.pixels.subarray(y * 60, y * 60 + 60), y * 100);
    expectAlike(viewer, expected);
    const larger = screenful(200, 200, 6);
    server.resize(larger);
    await viewer.request(true);
    await viewer.update();
    server.damage({ x: 150, y: 0, width: 10, height: 10 });
    server.damage({ x: 95, y: 65, width: 10, height: 10 });
    await viewer.request(true);
    expect(await viewer.update()).toMatchObject([{ x: 95, y: 65, width: 5, height: 5 }]);
    for (let y = 0; y < 70; y++) expected.pixels.set(larger.pixels.subarray(y * 200, y * 200 + 100), y * 100);
    expectAlike(viewer, expected);
    // It learns of it as soon as it can.
    await viewer.encodings(Encoding.DesktopSize);
    await viewer.request(true);
    expect(await viewer.update()).toMatchObject([{ width: 200, height: 200 }]);
    await viewer.request(true);
    await viewer.update();
    expectAlike(viewer, larger);
  });

  test("of the same size is another picture", async () => {
    const server = serve();
    const viewer = await view(server);
    await viewer.encodings(Encoding.ExtendedDesktopSize);
    await viewer.request(false);
    await viewer.update();
    server.resize(screenful(100, 70, 9));
    await viewer.request(true);
    await viewer.update();
    expectAlike(viewer, server.picture);
  });

  test("that a client wants is the owner's to grant; the others hear of it", async () => {
    const server = serve();
    const events = listen(server, async (event) => {
      if (event.type !== "resizeAsked") return;
      await sleep(5); // it is not refused before it has been dealt with
      if (event.width === 1) event.refuse(3);
      else if (event.width !== 2) server.resize(screenful(event.width, event.height), event.client);
    });
    const viewer = await view(server);
    const other = await view(server);
    const ask = async (width: number) => {
      const screens = [{ id: 7, x: 0, y: 0, width, height: 40, flags: 0 }];
      await viewer.send({ type: "setDesktopSize", width, height: 40, screens });
      await viewer.request(true);
      return (await viewer.update()).find(({ encodingType }) => encodingType === Encoding.ExtendedDesktopSize);
    };
    for (const { encodings, request, update } of [viewer, other]) {
      await encodings(Encoding.ExtendedDesktopSize);
      await request(false);
      expect((await update())[0]).toMatchObject({ encodingType: Encoding.ExtendedDesktopSize, x: 0, y: 0, width: 100 });
    }
    expect(await ask(1)).toMatchObject({ x: 1, y: 3, width: 100, height: 70 });
    expect(await ask(2)).toMatchObject({ x: 1, y: 1 });
    expect(await ask(50)).toMatchObject({ x: 1, y: 0, width: 50, height: 40 });
    await other.request(true);
    expect(await other.update()).toMatchObject([{ x: 2, y: 0, width: 50, height: 40 }]);
    expect(events.filter(({ type }) => type === "resizeAsked")).toHaveLength(3);
  });

  test("that was refused is told, whatever the client asks for before it hears of it", async () => {
    const server = serve();
    const viewer = await view(server);
    await viewer.encodings(Encoding.ExtendedDesktopSize);
    await viewer.send({ type: "setDesktopSize", width: 10, height: 10, screens: [] });
    await viewer.send({ type: "clientFence", flags: FenceFlag.Request, payload: hex("") });
    await viewer.message("serverFence");
    server.resize(screenful(30, 20));
    await viewer.request(false);
    expect((await viewer.update())[0]).toMatchObject({ x: 1, y: 1 });
    await viewer.request(true);
    expect(await viewer.update()).toMatchObject([{ x: 0, y: 0, width: 30, height: 20 }]);
  });

  test("that a client wants is refused where nobody listens", async () => {
    const server = serve();
    const viewer = await view(server);
    await viewer.request(false);
    await viewer.update();
    await viewer.encodings(Encoding.ExtendedDesktopSize);
    await viewer.send({ type: "setDesktopSize", width: 10, height: 10, screens: [] });
    await viewer.request(true);
    expect(await viewer.update()).toMatchObject([{ x: 1, y: 1 }]);
  });

  test.each([
    ["too few pixels", { width: 2, height: 2, pixels: new Uint32Array(3) }],
    ["a negative side", { width: -1, height: 2, pixels: new Uint32Array(3) }],
    ["a side that no message can tell", { width: 65536, height: 0, pixels: new Uint32Array(0) }],
  ])("of a picture with %s is the caller's fault", (_, picture) => {
    expect(() => createRfbServer({ picture })).toThrow(RangeError);
    expect(() => serve().resize(picture)).toThrow(RangeError);
  });
});

describe("What is no pixel", () => {
  const CURSOR = { width: 2, height: 1, hotspotX: 1, hotspotY: 0, pixels: Uint32Array.of(0xff0000ff, 0) };

  test.each([
    [[Encoding.Cursor], Encoding.Cursor],
    [[Encoding.XCursor], Encoding.XCursor],
    [[Encoding.XCursor, Encoding.Cursor], Encoding.Cursor],
    [[Encoding.Cursor, Encoding.VMwareCursor], Encoding.VMwareCursor],
    [[Encoding.Cursor, Encoding.VMwareCursor, Encoding.CursorWithAlpha], Encoding.CursorWithAlpha],
  ])("the pointer's shape goes to a client with %j as %i", async (types, expected) => {
    const server = serve();
    server.setCursor(CURSOR);
    const viewer = await view(server);
    await viewer.format(RGB565BE);
    await viewer.encodings(...types);
    await viewer.request(false);
    expect((await viewer.update())[0]).toMatchObject({ encodingType: expected, x: 1, y: 0, width: 2, height: 1 });
    expect(viewer.framebuffer.cursor).toMatchObject(CURSOR);
    await viewer.request(true);
    server.setCursor({ ...CURSOR, hotspotX: 0 });
    expect(await viewer.update()).toMatchObject([{ encodingType: expected, x: 0 }]);
    server.damage({ x: 0, y: 0, width: 1, height: 1 });
    await viewer.request(true);
    expect(await viewer.update()).toMatchObject([{ encodingType: Encoding.Raw }]);
  });

  test("that no message can tell is the caller's fault", () => {
    const server = serve();
    for (const wrong of [
      { width: 3 },
      { hotspotX: -1 },
      { hotspotX: 0.5 },
      { hotspotY: 70_000 },
      { width: 2000, height: 0 },
    ]) {
      expect(() => server.setCursor({ ...CURSOR, ...wrong })).toThrow(RangeError);
    }
    expect(() => server.setLedState(8)).toThrow(RangeError);
    expect(() => server.setLedState(2.5)).toThrow(RangeError);
    expect(() => server.setName("x".repeat(65537))).toThrow(RangeError);
    expect(() => serve(screenful(1, 1), { name: "x".repeat(65537) })).toThrow(RangeError);
  });

  test("announcements come once, the name and the lamps when they change", async () => {
    const server = serve();
    const viewer = await view(server);
    await viewer.request(false);
    await viewer.update();
    const types = [
      Encoding.QEMUExtendedKeyEvent,
      Encoding.ExtendedMouseButtons,
      Encoding.DesktopName,
      Encoding.QEMULEDState,
    ];
    await viewer.encodings(...types);
    await viewer.request(true);
    expect((await viewer.update()).map(({ encodingType }) => encodingType)).toStrictEqual(types.slice(0, 2));
    await viewer.encodings(...types);
    server.setName("büro");
    server.setLedState(5);
    await viewer.request(true);
    expect(await viewer.update()).toMatchObject([
      { encodingType: Encoding.DesktopName, payload: hex("00000005 62c3bc726f") },
      { encodingType: Encoding.QEMULEDState, payload: hex("05") },
    ]);
    server.setLedState(5);
    server.bell();
    await viewer.message("bell");
  });

  test("input arrives in order, none is lost, and a reader that takes its time keeps its client back", async () => {
    const server = serve();
    const gate = withResolvers();
    const events = listen(server, (event) => (event.type === "key" && event.keysym === 0 ? gate.promise : undefined));
    const viewer = await view(server, { highWaterMark: 100 });
    const other = await view(server);
    await viewer.encodings(Encoding.ExtendedMouseButtons);
    await viewer.request(true);
    await viewer.update();
    await viewer.send({ type: "pointerEvent", x: 500, y: 3, buttonMask: 0x81, extendedButtonMask: 2 });
    await viewer.send({ type: "qemuExtendedKeyEvent", downFlag: 1, keysym: 0x61, keycode: 30 });
    const sending = (async () => {
      for (let key = 0; key < 500; key++) await viewer.send({ type: "keyEvent", downFlag: key & 1, key });
    })();
    await sleep(30);
    expect(events.at(-1)).toMatchObject({ type: "key", keysym: 0 });
    // The other one's picture does not wait for it.
    await other.request(false);
    await other.update();
    gate.resolve();
    await soon("keys", sending);
    await until("all keys", () => events.length === 504);
    expect(events[2]).toMatchObject({ type: "pointer", x: 99, y: 3, buttonMask: 0x101 });
    expect(events[3]).toMatchObject({ type: "key", keysym: 0x61, isDown: true, keycode: 30 });
    expect(events.slice(4).map((event) => (event.type === "key" ? event.keysym : -1))).toStrictEqual(
      Array.from({ length: 500 }, (_, i) => i),
    );
    expect(new Set(events.map(({ client }) => client)).size).toBe(2);
    await viewer.connection.close();
    await until("the end", () => events.at(-1)!.type === "left");
    expect(events.at(-1)).not.toHaveProperty("error");
    expect(server.clients).toHaveLength(1);
  });

  test("one reader at a time; after it, another", async () => {
    const server = serve();
    const first = server[Symbol.asyncIterator]();
    expect(() => server[Symbol.asyncIterator]()).toThrow(TypeError);
    const viewer = await view(server);
    expect((await first.next()).value).toMatchObject({ type: "joined" });
    await viewer.send({ type: "keyEvent", downFlag: 1, key: 1 });
    await viewer.request(false);
    await first.return!();
    // What waited is dropped, and the client goes on.
    await viewer.update();
    const events = listen(server);
    await viewer.send({ type: "keyEvent", downFlag: 1, key: 2 });
    await until("key", () => events.length === 1);
    expect(events).toMatchObject([{ type: "key", keysym: 2 }]);
  });
});

describe("The clipboard", () => {
  test("goes both ways as Latin-1", async () => {
    const server = serve();
    const events = listen(server);
    const viewer = await view(server);
    await viewer.send({ type: "clientCutText", text: latin1("caf\u00e9\n1") });
    await until("text", () => events.length === 2);
    expect(events[1]).toMatchObject({ type: "clipboard", text: "café\n1" });
    const long = new Uint8Array(DEFAULT_LIMITS.maxCutTextLength + 1);
    await viewer.send({ type: "clientCutText", text: long });
    await viewer.send({ type: "clientCutText", text: Uint8Array.of(0x61) });
    await until("word of both", () => events.length === 4);
    expect(events.slice(2)).toMatchObject([
      { type: "clipboardSkipped", length: 8 + long.length },
      { type: "clipboard", text: "a" },
    ]);
    server.setClipboard("thé \u2615\r\n2");
    expect((await viewer.message("serverCutText")).text).toStrictEqual(latin1("thé ?\n2"));
    expect(() => server.setClipboard("x".repeat(2 ** 20 + 1))).toThrow(RangeError);
  });

  test("goes both ways in the extended form, once both sides have said what they take", async () => {
    const { clipboardBytesOf, clipboardTextOf, deflateClipboard, inflateClipboard, ClipboardAction, ClipboardFormat } =
      await import("../../codec/clipboard.ts");
    const server = serve();
    const events = listen(server);
    const viewer = await view(server, { compression });
    const { Text } = ClipboardFormat;
    const { Caps, Request, Notify, Peek, Provide } = ClipboardAction;
    const none = new Uint8Array(0);
    for (let i = 0; i < 2; i++) {
      await viewer.encodings(Encoding.ExtendedClipboard);
      expect(await viewer.message("extendedServerCutText")).toMatchObject({
        flags: Caps | Request | Peek | Notify | Provide | Text,
        maximumSizes: [0],
      });
    }
    const say = (flags: number, maximumSizes: number[] = []) =>
      viewer.send({ type: "extendedClientCutText", flags, maximumSizes, deflated: none });
    await say(Caps | Request | Notify | Provide | Text, [0]);
    await say(Notify | Text);
    expect(await viewer.message("extendedServerCutText")).toMatchObject({ flags: Request | Text });
    const text = "\u2615\n".repeat(1000);
    const provided = deflateClipboard([{ format: Text, data: clipboardBytesOf(text) }], compression.createDeflater(6));
    await viewer.send({ type: "extendedClientCutText", ...provided });
    await until("text", () => events.length === 2);
    expect(events[1]).toMatchObject({ type: "clipboard", text });
    server.setClipboard("größe");
    expect(await viewer.message("extendedServerCutText")).toMatchObject({ flags: Notify | Text });
    const answer = async (): Promise<string> => {
      const message = await viewer.message("extendedServerCutText");
      const [content] = inflateClipboard(message, compression.createInflater());
      return clipboardTextOf(content!.data);
    };
    await say(Request | Text);
    expect(await answer()).toBe("größe");
    // Who takes no Notify has it at once, as far as it takes that much; otherwise in the plain form. Nor is it asked.
    await say(Caps | Provide | Text, [6]);
    await say(Notify | Text);
    await say(Peek);
    await viewer.send({ type: "clientFence", flags: FenceFlag.Request, payload: none });
    expect((await soon("fence", viewer.connection.next()))?.type).toBe("serverFence");
    server.setClipboard("four5");
    expect(await answer()).toBe("four5");
    server.setClipboard("fünf5");
    expect((await viewer.message("serverCutText")).text).toStrictEqual(latin1("fünf5"));
    await say(Caps | Notify | Text, [1000]);
    await viewer.send({ type: "clientFence", flags: FenceFlag.Request, payload: none });
    await viewer.message("serverFence");
    server.setClipboard("six");
    expect(await viewer.message("extendedServerCutText")).toMatchObject({ flags: Notify | Text });
  });
});

describe("A client that does harm ends itself and no other", () => {
  /** 12 bytes of deflate that would be a gigabyte, if anybody let them: a size of 2 GB, and no content. */
  const BOMB = compression.createDeflater(9).deflate(join([hex("7fffffff"), new Uint8Array(3_000_000)]));

  test.each([
    ["a message of no known type", [hex("c8")], "unknownType"],
    ["a giant cut text", [hex("06 000000 80000000")], "limit"],
    ["more encodings than anybody has", [hex("02 00 ffff"), new Uint8Array(4 * 65535)], "limit"],
    ["a pixel format that divides by nothing", [hex("00 000000 20180001 0000 00ff 00ff 000810 000000")], "malformed"],
    ["an extended clipboard of no length", [hex("02 00 0001 c0a1e5ce 06 000000 80000000")], "malformed"],
    [
      "a clipboard that swells",
      [
        hex("02 00 0001 c0a1e5ce 06 000000"),
        new Uint8Array(new Uint32Array([(-4 - BOMB.length) >>> 0]).buffer).reverse(),
        hex("10000001"),
        BOMB,
      ],
      "limit",
    ],
    ["a QEMU message of no known kind", [hex("ff 07 0000 00000000 00000000")], "unknownType"],
  ] as const)("with %s", async (_, messages, code) => {
    const server = serve();
    const events = listen(server);
    const other = await view(server);
    const hostile = await view(server);
    for (const bytes of messages) await hostile.connection.sendBytes(bytes).catch(() => {});
    await expect(soon("end", hostile.served)).rejects.toMatchObject({ name: "RfbError", code });
    await until("word of it", () => events.at(-1)!.type === "left");
    expect(events.at(-1)).toMatchObject({ error: { code } });
    await other.request(false);
    await other.update();
    expectAlike(other, server.picture);
    expect(server.clients).toHaveLength(1);
  });

  test("who repeats itself 10,000 times is served all the same", async () => {
    const server = serve();
    const counter = { written: 0, writes: 0 };
    const viewer = await view(server, { wrap: metered(counter) });
    const list = [Encoding.Fence, Encoding.ContinuousUpdates, Encoding.QEMUExtendedKeyEvent, Encoding.Hextile];
    for (let i = 0; i < 10_000; i++) await viewer.encodings(...list);
    for (let i = 0; i < 10_000; i++) await viewer.request(true, { x: i, y: i, width: 65535, height: 65535 });
    expect(await viewer.update()).toHaveLength(2); // the announcement, and the picture
    await viewer.send({ type: "clientFence", flags: FenceFlag.Request, payload: hex("") });
    await viewer.message("serverFence");
    expectAlike(viewer, server.picture);
    expect(counter.written).toBeLessThan(100 * 70 * 4 + 1000);
  });

  test("who leaves in the middle of an update is gone", async () => {
    const server = serve(screenful(400, 400));
    const other = await view(server);
    for (const leave of ["close", "abort"] as const) {
      const viewer = await view(server, { highWaterMark: 100 });
      await viewer.request(false);
      await viewer.message("framebufferUpdate");
      await viewer.connection.transport[leave]();
      await soon("end", viewer.served);
    }
    expect(server.clients).toHaveLength(1);
    await other.request(false);
    await other.update();
  });
});

describe("Serving", () => {
  const authentication = { schemes: schemesNamed(["none"]), verifier: {} };

  test("gives up on a client that does not get through security", async () => {
    const server = serve();
    const [near, far] = createMemoryPair();
    await expect(soon("end", server.serve(far, { authentication, handshakeTimeout: 20 }))).rejects.toThrow(
      "not done after 20 ms",
    );
    await near.close();
    expect(server.clients).toHaveLength(0);
  });

  test("of a client that was sent away is no error, whatever becomes of the read under way", async () => {
    const server = serve();
    let fail: (error: Error) => void = () => {};
    const wrap = (transport: Transport): Transport => ({
      ...transport,
      read: () => Promise.race([transport.read(), new Promise<never>((_, reject) => (fail = reject))]),
      close: async () => fail(new Error("reset")),
      closeWrite: async () => fail(new Error("reset")),
    });
    const viewer = await view(server, { wrap });
    await until("client", () => server.clients.length === 1);
    server.clients[0]!.close();
    await expect(soon("end", viewer.served)).resolves.toBeUndefined();
    const other = await view(server, { wrap });
    await until("client", () => server.clients.length === 1);
    fail(new Error("reset"));
    await expect(soon("end", other.served)).rejects.toThrow("reset");
  });

  test("ends with its signal, before and after security", async () => {
    const reason = new Error("enough");
    for (const isAdmitted of [false, true]) {
      const server = serve();
      const abort = new AbortController();
      const [near, far] = createMemoryPair();
      const served = server.serve(far, { authentication, signal: abort.signal });
      served.catch(() => {});
      if (isAdmitted) {
        await joinServer(near, { authentication: { schemes: authentication.schemes, credentials: () => ({}) } });
        await until("admission", () => server.clients.length === 1);
      }
      abort.abort(reason);
      await expect(soon("end", served)).rejects.toBe(reason);
      expect(server.clients).toHaveLength(0);
    }
  });

  test("ends for all with the server, and so do the events", async () => {
    const server = serve();
    const events = listen(server);
    const viewers = [await view(server), await view(server, { highWaterMark: 100 })];
    await viewers[1]!.request(false); // and does not read
    await until("both", () => events.length === 2);
    const [near, far] = createMemoryPair();
    const early = server.serve(far, { authentication });
    early.catch(() => {});
    server.close();
    for (const { served } of viewers) await soon("end", served);
    await expect(soon("early", early)).rejects.toThrow("the server was closed");
    const [left, late] = createMemoryPair();
    await expect(soon("late", server.serve(late, { authentication }))).rejects.toThrow("closed");
    expect(
      await soon(
        "its end",
        left.read().catch(() => undefined),
      ),
    ).toBeUndefined();
    expect((await server[Symbol.asyncIterator]().next()).done).toBe(true);
    await near.close();
  });

  test("sends one client away at the owner's word", async () => {
    const server = serve();
    const [viewer, other] = [await view(server), await view(server)];
    await until("both", () => server.clients.length === 2);
    server.clients[0]!.close();
    await soon("end", viewer.served);
    expect(await viewer.connection.next()).toBeUndefined();
    await other.request(false);
    await other.update();
  });
});
