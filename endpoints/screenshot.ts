import { RfbError, type RfbErrorCode } from "../codec/errors.ts";
import { createFramebuffer, type Framebuffer } from "../codec/framebuffer.ts";
import { Encoding, nameOfEncoding } from "../codec/names.ts";
import { RGBX8888 } from "../codec/pixel_format.ts";
import type { Rectangle } from "../codec/server/rectangle.ts";
import type { RfbClient } from "./client.ts";

/**
 * The whole picture of a session that {@link joinServer} has just begun. It asks for Raw only.
 *
 * @throws {RfbError} the server's fault; `truncated` when it closes first, `unexpected` when it sends what it was not
 *   asked for, or cannot settle on a size
 */
export async function takeScreenshot(client: RfbClient): Promise<Framebuffer> {
  await client.send({ type: "setPixelFormat", pixelFormat: RGBX8888 });
  await client.send({ type: "setEncodings", encodingTypes: ASKED_FOR });
  const { framebufferWidth, framebufferHeight } = client.session;
  const framebuffer = createFramebuffer(framebufferWidth, framebufferHeight, RGBX8888);
  let missing = await requestAll(client);
  let sizes = 0;
  let rectangle: Rectangle | undefined;
  for (;;) {
    const event = await client.next();
    if (event === undefined) throw fault("truncated", `the server closed with ${missing.count} pixels to come`);
    if (event.type === "rectangle") {
      rectangle = event;
      if (!ASKED_FOR.includes(event.encodingType)) {
        throw fault("unexpected", `encoding ${nameOfEncoding(event.encodingType)}, which was not asked for`);
      }
      if (event.encodingType === Encoding.DesktopSize && ++sizes > MAXIMUM_SIZES) {
        throw fault("unexpected", `${sizes} changes of the size`);
      }
    }
    framebuffer.apply(event);
    if (event.type === "rectanglePayload" && event.last) {
      // A new size comes with no promise of its pixels.
      if (rectangle?.encodingType === Encoding.DesktopSize) missing = await requestAll(client);
      else if (rectangle?.encodingType === Encoding.Raw) strike(missing, rectangle);
    }
    if (event.type !== "framebufferUpdateEnd") continue;
    if (missing.count === 0) return framebuffer;
    await request(client, 1);
  }
}

const ASKED_FOR: readonly number[] = [Encoding.Raw, Encoding.DesktopSize, Encoding.LastRect];

/** A size costs the server 12 bytes, and us a framebuffer: one that comes often is no picture to wait for. */
const MAXIMUM_SIZES = 8;

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

function fault(code: RfbErrorCode, reason: string): RfbError {
  return new RfbError(code, "Cannot take a screenshot", reason);
}
