import { RfbError } from "../codec/errors.ts";
import { createFramebuffer, type Framebuffer } from "../codec/framebuffer.ts";
import { Encoding } from "../codec/names.ts";
import { RGBX8888 } from "../codec/pixel_format.ts";
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
  let missing = await request(client, 0);
  for (;;) {
    const event = await client.next();
    if (event === undefined) {
      throw new RfbError("truncated", "Cannot take a screenshot", `the server closed with ${missing} pixels to come`);
    }
    framebuffer.apply(event);
    if (event.type === "rectangle") {
      // A new size comes with no promise of its pixels.
      if (event.encodingType === Encoding.DesktopSize) missing = await request(client, 0);
      else missing -= event.width * event.height;
    }
    if (event.type !== "framebufferUpdateEnd") continue;
    if (missing <= 0) return framebuffer;
    await request(client, 1);
  }
}

/** Asks for the whole framebuffer; how many pixels that is. */
async function request(client: RfbClient, incremental: number): Promise<number> {
  const { framebufferWidth: width, framebufferHeight: height } = client.session;
  await client.send({ type: "framebufferUpdateRequest", incremental, x: 0, y: 0, width, height });
  return width * height;
}
