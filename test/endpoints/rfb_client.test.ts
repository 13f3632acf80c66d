import { expect, test } from "vitest";
import { schemesNamed } from "../../auth/mod.ts";
import { type ClientEvent, Encoding, RGBX8888 } from "../../codec/mod.ts";
import {
  admitClient,
  createRfbClient,
  joinServer,
  type RfbClient,
  type ServerConnection,
} from "../../endpoints/mod.ts";
import { createMemoryPair } from "../../transports/memory.ts";
import { sleep, soon } from "../proxy/bed.ts";

/** A client, and the server's end of its connection: nothing is answered but what a test says. */
async function meet(): Promise<{ readonly client: RfbClient; readonly server: ServerConnection }> {
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
  return { client: createRfbClient(connection), server };
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
