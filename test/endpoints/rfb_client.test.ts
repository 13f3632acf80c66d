import { describe, expect, test } from "vitest";
import { schemesNamed } from "../../auth/mod.ts";
import {
  type ClientEvent,
  type Compression,
  createSurface,
  DEFAULT_LIMITS,
  Encoding,
  FenceFlag,
  type Image,
  NO_COMPRESSION,
  RGBX8888,
  type Surface,
} from "../../codec/mod.ts";
import {
  admitClient,
  createRfbClient,
  joinServer,
  type RfbClient,
  type RfbClientOptions,
  type ServerConnection,
} from "../../endpoints/mod.ts";
import { createMemoryPair } from "../../transports/memory.ts";
import { be16, be32, join } from "../codec/bytes.ts";
import { sleep, soon } from "../proxy/bed.ts";

/** A client, and the server's end of its connection: nothing is answered but what a test says. */
async function meet(
  options: RfbClientOptions = {},
): Promise<{ readonly client: RfbClient; readonly server: ServerConnection }> {
  const [near, far] = createMemoryPair();
  const schemes = schemesNamed(["none"]);
  const [server, connection] = await Promise.all([
    admitClient(far, {
      authentication: { schemes, verifier: {} },
      serverInit: {
        framebufferWidth: 4,
        framebufferHeight: 2,
        serverPixelFormat: RGBX8888,
        name: new Uint8Array(0),
      },
    }),
    joinServer(near, { authentication: { schemes, credentials: () => ({}) } }),
  ]);
  return { client: createRfbClient(connection, options), server };
}

async function next<Type extends ClientEvent["type"]>(
  server: ServerConnection,
  type: Type,
): Promise<Extract<ClientEvent, { readonly type: Type }>> {
  for (;;) {
    const event = await soon(type, server.next());
    if (event === undefined) throw new Error("the client closed");
    if (event.type === type) return event as Extract<ClientEvent, { readonly type: Type }>;
  }
}

test("Who begins to watch asks for all of the picture first, whatever has come before", async () => {
  const { client, server } = await meet();
  await server.send({ type: "bell" });
  await sleep(5);
  void client[Symbol.asyncIterator]();
  expect(await next(server, "framebufferUpdateRequest")).toMatchObject({ incremental: 0, width: 4, height: 2 });
  await server.send({ type: "framebufferUpdate", numberOfRectangles: 0 });
  expect(await next(server, "framebufferUpdateRequest")).toMatchObject({ incremental: 1, width: 4, height: 2 });
});

test("The picture is drawn on what the caller makes", async () => {
  const made: Surface[] = [];
  const { client, server } = await meet({
    createSurface(width, height) {
      made.push(createSurface(width, height));
      return made.at(-1)!;
    },
  });
  await server.send({ type: "bell" });
  await sleep(5);
  const { pixels } = client.framebuffer;
  expect(made).toHaveLength(1);
  expect(pixels).toBe(made[0]!.pixels);
  expect(made[0]).toMatchObject({ width: 4, height: 2 });
});

test("Buttons 8 and 9 are for servers that have said that they take them: to others bit 7 may tell a longer message", async () => {
  const { client, server } = await meet();
  await client.pointer(1, 1, 0x181);
  expect(await next(server, "pointerEvent")).toStrictEqual({ type: "pointerEvent", buttonMask: 1, x: 1, y: 1 });
  const rectangle = { type: "rectangle", x: 0, y: 0, width: 0, height: 0 } as const;
  await server.send({ type: "framebufferUpdate", numberOfRectangles: 1 });
  server.observe({ ...rectangle, encodingType: Encoding.ExtendedMouseButtons });
  await server.sendBytes(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xfe, 0xc4));
  await sleep(5);
  await client.pointer(1, 1, 0x181);
  expect(await next(server, "pointerEvent")).toMatchObject({ buttonMask: 0x81, extendedButtonMask: 3 });
});

/** Sends an update's head, and then its rectangles, Raw in one colour each: it can be stopped in the middle. */
async function begin(server: ServerConnection, numberOfRectangles = 1): Promise<void> {
  await server.send({ type: "framebufferUpdate", numberOfRectangles });
}

async function paint(server: ServerConnection, grey: number, rows: number, y = 0): Promise<void> {
  const head = join([be16(0), be16(y), be16(4), be16(rows), be32(Encoding.Raw)]);
  await server.sendBytes(join([head, new Uint8Array(16 * rows).fill(grey)]));
}

test("Updates that come by themselves are told of where they draw, and only there", async () => {
  const { client, server } = await meet();
  await server.send({ type: "serverFence", flags: FenceFlag.Request, payload: new Uint8Array(0) });
  await server.send({ type: "endOfContinuousUpdates" });
  await next(server, "clientFence");
  const events = client[Symbol.asyncIterator]();
  expect(await next(server, "enableContinuousUpdates")).toMatchObject({ enableFlag: 1, width: 4, height: 2 });
  await begin(server);
  await paint(server, 1, 2);
  expect((await soon("update", events.next())).value).toMatchObject({ type: "update" });
  await server.send({ type: "framebufferUpdate", numberOfRectangles: 0 });
  await server.send({ type: "bell" });
  expect((await soon("bell", events.next())).value).toStrictEqual({ type: "bell" });
  await events.return?.();
  expect(await next(server, "enableContinuousUpdates")).toMatchObject({ enableFlag: 0 });
});

test("A clipboard over the limits is skipped, and the session goes on", async () => {
  const { client, server } = await meet();
  const events = client[Symbol.asyncIterator]();
  const text = new Uint8Array(DEFAULT_LIMITS.maxCutTextLength + 1);
  await server.send({ type: "serverCutText", text });
  await server.send({ type: "serverCutText", text: Uint8Array.of(0x61) });
  expect((await soon("word of it", events.next())).value).toStrictEqual({
    type: "clipboardSkipped",
    length: 8 + text.length,
  });
  expect((await soon("the next", events.next())).value).toStrictEqual({ type: "clipboard", text: "a" });
});

describe("A screenshot is not older than its call", () => {
  test("where an update was under way for an earlier request", async () => {
    const { client, server } = await meet();
    void client[Symbol.asyncIterator]();
    await next(server, "framebufferUpdateRequest");
    await begin(server, 2);
    await paint(server, 1, 1);
    await sleep(5);
    const shooting = client.screenshot();
    expect(await next(server, "framebufferUpdateRequest")).toMatchObject({ incremental: 0 });
    await paint(server, 1, 1, 1);
    await begin(server);
    await paint(server, 2, 1);
    await begin(server);
    await paint(server, 3, 1, 1);
    const { data } = await soon("picture", shooting);
    expect([data[0], data[16]]).toStrictEqual([2, 3]);
  });

  test("where a whole update is on its way from a server with fences: it counts from the answer on", async () => {
    const { client, server } = await meet();
    await server.send({ type: "serverFence", flags: FenceFlag.Request, payload: new Uint8Array(0) });
    expect(await next(server, "clientFence")).toMatchObject({ flags: 0 });
    const shooting = client.screenshot();
    const { flags, payload } = await next(server, "clientFence");
    expect(flags).toBe((FenceFlag.Request | FenceFlag.BlockBefore | FenceFlag.BlockAfter) >>> 0);
    await begin(server);
    await paint(server, 1, 2);
    await server.send({ type: "serverFence", flags: 3, payload: Uint8Array.of(99) }); // somebody else's
    await begin(server);
    await paint(server, 2, 2);
    await server.send({ type: "serverFence", flags: 3, payload });
    await begin(server);
    await paint(server, 3, 2);
    expect((await soon("picture", shooting)).data[0]).toBe(3);
  });

  test("and is asked for again where the server has not let the request wait for the fence", async () => {
    const { client, server } = await meet();
    await server.send({ type: "serverFence", flags: FenceFlag.Request, payload: new Uint8Array(0) });
    await next(server, "clientFence");
    const shooting = client.screenshot();
    const { payload } = await next(server, "clientFence");
    expect(await next(server, "framebufferUpdateRequest")).toMatchObject({ incremental: 0 });
    await begin(server);
    await paint(server, 1, 2);
    await server.send({ type: "serverFence", flags: FenceFlag.BlockBefore, payload });
    expect(await next(server, "framebufferUpdateRequest")).toMatchObject({ incremental: 1 });
    expect(await next(server, "framebufferUpdateRequest")).toMatchObject({ incremental: 0 });
    await begin(server);
    await paint(server, 2, 2);
    expect((await soon("picture", shooting)).data[0]).toBe(2);
  });
});

test("A screenshot is whole with a rectangle that draws and does not say where", async () => {
  const { client, server } = await meet();
  const shooting = client.screenshot();
  await next(server, "framebufferUpdateRequest");
  await begin(server, 2);
  await paint(server, 7, 1);
  // An UltraZip of no rectangles and no bytes.
  await server.sendBytes(join([be16(0), be16(0), be16(0), be16(0), be32(Encoding.UltraZip), be32(0)]));
  expect((await soon("picture", shooting)).data[0]).toBe(7);
});

describe("The end of a session", () => {
  test("by our own close is no fault of the server's, whatever it was in the middle of, and all that was sent arrives", async () => {
    const { client, server } = await meet();
    await begin(server);
    await sleep(5);
    const sent = Array.from({ length: 16 }, () =>
      client.send({ type: "clientCutText", text: new Uint8Array(100_000) }),
    );
    const closing = client.close();
    for (let i = 0; i < 16; i++) await next(server, "clientCutText");
    await soon("sent", Promise.all(sent));
    await soon("close", closing);
    await soon("closed", client.closed);
    expect(await soon("end", server.next())).toBeUndefined();
  });

  test("in the middle of an update is the server's fault", async () => {
    const { client, server } = await meet();
    await begin(server);
    await server.close();
    await expect(soon("closed", client.closed)).rejects.toMatchObject({ code: "truncated" });
  });

  test("is told by closed, whoever closes", async () => {
    const left = await meet();
    await left.server.close();
    await expect(soon("end", left.client.closed)).resolves.toBeUndefined();
    const ours = await meet();
    await ours.client.close();
    await expect(soon("end", ours.client.closed)).resolves.toBeUndefined();
  });

  const unless = "process" in globalThis ? "" : " (left out: there is no process to tell of the noise)";
  test.skipIf(unless !== "")(`has the server's fault, which makes no noise where nobody looks${unless}`, async () => {
    const { client, server } = await meet();
    const unhandled: unknown[] = [];
    const hear = (error: unknown): unknown => unhandled.push(error);
    process.on("unhandledRejection", hear);
    await server.sendBytes(Uint8Array.of(77));
    await sleep(20);
    process.off("unhandledRejection", hear);
    expect(unhandled).toStrictEqual([]);
    await expect(soon("end", client.closed)).rejects.toMatchObject({ name: "RfbError", code: "unknownType" });
  });

  test("tells of a video's picture that comes long after its rectangle", async () => {
    let show: ((picture: Image) => void) | undefined;
    const createH264Decoder: Compression["createH264Decoder"] = (_width, _height, onPicture) => {
      show = onPicture;
      return { decode: () => {}, close: () => {} };
    };
    const { client, server } = await meet({ compression: { ...NO_COMPRESSION, createH264Decoder } });
    const events = client[Symbol.asyncIterator]();
    await begin(server);
    const head = join([be16(0), be16(0), be16(4), be16(2), be32(Encoding.OpenH264)]);
    await server.sendBytes(join([head, be32(1), be32(0), Uint8Array.of(1)]));
    expect((await soon("an update", events.next())).value).toMatchObject({ type: "update" });
    show?.({ width: 4, height: 2, data: new Uint8Array(32).fill(255) });
    const areas = [{ x: 0, y: 0, width: 4, height: 2 }];
    expect((await soon("another", events.next())).value).toStrictEqual({ type: "update", areas });
    await server.close();
  });

  test("lets go of the decoders of videos", async () => {
    let open = 0;
    const createH264Decoder: Compression["createH264Decoder"] = () => {
      open += 1;
      return { decode: () => {}, close: () => (open -= 1) };
    };
    const { client, server } = await meet({ compression: { ...NO_COMPRESSION, createH264Decoder } });
    await begin(server);
    const head = join([be16(0), be16(0), be16(4), be16(2), be32(Encoding.OpenH264)]);
    await server.sendBytes(join([head, be32(1), be32(0), Uint8Array.of(1)]));
    await sleep(5);
    expect(open).toBe(1);
    await server.close();
    await soon("end", client.closed);
    expect(open).toBe(0);
  });
});

describe("Levels", () => {
  test.each([-1, 10, 1.5, Number.NaN])("of %s are the caller's fault", async (level) => {
    await expect(meet({ compressionLevel: level })).rejects.toThrow(RangeError);
    await expect(meet({ qualityLevel: level })).rejects.toThrow(RangeError);
  });

  test("of quality need a decodeJpeg where the server may send Tight, and only there", async () => {
    const decodeJpeg: Compression["decodeJpeg"] = () => ({ width: 0, height: 0, data: new Uint8Array(0) });
    await expect(meet({ compression: NO_COMPRESSION, qualityLevel: 5 })).rejects.toThrow(TypeError);
    await expect(meet({ encodingTypes: [Encoding.TightPNG], qualityLevel: 5 })).rejects.toThrow("decodeJpeg");
    for (const options of [
      { compression: { ...NO_COMPRESSION, decodeJpeg } },
      { compression: NO_COMPRESSION, encodingTypes: [Encoding.JPEG] },
    ]) {
      const { server } = await meet({ ...options, compressionLevel: 0, qualityLevel: 9 });
      const { encodingTypes } = await next(server, "setEncodings");
      expect(encodingTypes.slice(-2)).toStrictEqual([Encoding.CompressionLevel0, Encoding.JPEGQualityLevel9]);
    }
  });
});
