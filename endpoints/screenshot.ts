import { RfbError } from "../codec/errors.ts";
import { createFramebuffer, type Framebuffer } from "../codec/framebuffer.ts";
import { Encoding } from "../codec/names.ts";
import { RGBX8888 } from "../codec/pixel_format.ts";
import type { Rectangle } from "../codec/server/rectangle.ts";
import type { RfbClient } from "./client.ts";

/**
 * The whole picture of a session that {@link joinServer} has just begun. It asks for Raw only.
 *
 * @throws {RfbError} the server's fault; `truncated` when it closes first
 */
export async function takeScreenshot(client: RfbClient): Promise<Framebuffer> {
  await client.send({ type: "setPixelFormat", pixelFormat: RGBX8888 });
  await client.send({
    type: "setEncodings",
    encodingTypes: [Encoding.Raw, Encoding.DesktopSize, Encoding.LastRect],
  });
  const { framebufferWidth, framebufferHeight } = client.session;
  const framebuffer = createFramebuffer(framebufferWidth, framebufferHeight, RGBX8888);
  let missing = await requestAll(client);
  for (;;) {
    const event = await client.next();
    if (event === undefined) {
      throw new RfbError(
        "truncated",
        "Cannot take a screenshot",
        `the server closed with ${missing.count} pixels to come`,
      );
    }
    framebuffer.apply(event);
    if (event.type === "rectangle") {
      // A new size comes with no promise of its pixels.
      if (event.encodingType === Encoding.DesktopSize) missing = await requestAll(client);
      else strike(missing, event);
    }
    if (event.type !== "framebufferUpdateEnd") continue;
    if (missing.count === 0) return framebuffer;
    await request(client, 1);
  }
}

/** Pixels still to come. By place: a server may send some of them twice. */
interface Missing {
  readonly came: Uint8Array;
  readonly width: number;
  count: number;
}

async function requestAll(client: RfbClient): Promise<Missing> {
  const { framebufferWidth: width, framebufferHeight: height } = client.session;
  await request(client, 0);
  return { came: new Uint8Array(width * height), width, count: width * height };
}

async function request(client: RfbClient, incremental: number): Promise<void> {
  const { framebufferWidth: width, framebufferHeight: height } = client.session;
  await client.send({ type: "framebufferUpdateRequest", incremental, x: 0, y: 0, width, height });
}

function strike(missing: Missing, { x, y, width, height }: Rectangle): void {
  for (let row = y; row < y + height; row++) {
    for (let i = row * missing.width + x; i < row * missing.width + x + width; i++) {
      missing.count -= 1 - missing.came[i]!;
      missing.came[i] = 1;
    }
  }
}
