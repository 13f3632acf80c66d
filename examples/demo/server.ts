import { concat, equals } from "@std/bytes";
import { schemesNamed } from "../../auth/mod.ts";
import {
  bytesPerPixelOf,
  type ClientMessage,
  Encoding,
  encodeFramebufferUpdate,
  encodeRectangle,
  type PixelFormat,
  type Rectangle,
  RGBX8888,
  textOf,
} from "../../codec/mod.ts";
import { admitClient, type RfbServer } from "../../endpoints/mod.ts";
import type { Transport } from "../../transports/transport.ts";
import type { Canvas } from "./canvas.ts";
import type { CertificateAndKey } from "./certificate.ts";
import { HEIGHT, LINE, nothingReceived, paint, type Received, WIDTH } from "./picture.ts";

/** Milliseconds between two pictures. */
const INTERVAL = 100;
/** Rows that are sent or left out as one. */
const BAND = 16;

/** Serves one client a desktop of its own, over VeNCrypt X509None and nothing else, until it leaves. */
export async function serveDesktop(transport: Transport, certificate: CertificateAndKey): Promise<void> {
  const server = await admitClient(transport, {
    authentication: { schemes: schemesNamed(["x509none"]), verifier: {} },
    tls: certificate,
    signal: AbortSignal.timeout(10_000),
    serverInit: {
      framebufferWidth: WIDTH,
      framebufferHeight: HEIGHT,
      serverPixelFormat: RGBX8888,
      name: new TextEncoder().encode("rfb-codec demo"),
    },
  });
  const received = nothingReceived();
  const screen = createScreen(server, received);
  try {
    for (;;) {
      const message = await server.next();
      if (message === undefined) return;
      await take(message, received, server);
      if (message.type === "framebufferUpdateRequest") screen.request(message.incremental === 0);
    }
  } finally {
    screen.stop();
    await server.close();
  }
}

async function take(message: ClientMessage, received: Received, server: RfbServer): Promise<void> {
  switch (message.type) {
    case "keyEvent": {
      const character = characterOf(message.key);
      const name = character ?? `0x${message.key.toString(16)}`;
      received.key = `${name} ${message.downFlag === 0 ? "up" : "down"}`;
      if (message.downFlag !== 0 && character !== undefined) received.typed = (received.typed + character).slice(-LINE);
      return;
    }
    case "pointerEvent":
      received.pointerX = message.x;
      received.pointerY = message.y;
      received.buttonMask = message.buttonMask;
      return;
    case "clientCutText":
      received.clipboard = textOf(message.text);
      await server.send({ type: "serverCutText", text: message.text });
      return;
    default:
      return;
  }
}

/** What a client sees: asked for, painted when due, sent only where it changed since it was last sent. */
function createScreen(server: RfbServer, received: Received): { request(whole: boolean): void; stop(): void } {
  let asked = false;
  let sending = false;
  let sent: { readonly canvas: Canvas; readonly format: PixelFormat } | undefined;
  const timer = setInterval(update, INTERVAL);
  return {
    request(whole) {
      asked = true;
      if (whole) {
        sent = undefined;
        void update();
      }
    },
    stop: () => clearInterval(timer),
  };

  async function update(): Promise<void> {
    if (!asked || sending) return;
    const format = server.session.pixelFormatAsked ?? RGBX8888;
    const canvas = paint(Date.now(), received);
    const bands = changedBands(canvas, sent?.format === format ? sent.canvas : undefined);
    if (bands.length === 0) return;
    asked = false;
    sending = true;
    sent = { canvas, format };
    try {
      // In one piece: an echo of the clipboard must not come in between.
      await server.sendBytes(
        concat([
          encodeFramebufferUpdate({ type: "framebufferUpdate", numberOfRectangles: bands.length }),
          ...bands.flatMap((band) => [encodeRectangle(band), pixelsIn(format, canvas, band)]),
        ]),
      );
    } catch {
      clearInterval(timer); // the client left; the reader tells
    } finally {
      sending = false;
    }
  }
}

function changedBands(canvas: Canvas, before: Canvas | undefined): Rectangle[] {
  const bands: Rectangle[] = [];
  for (let y = 0; y < HEIGHT; y += BAND) {
    const bytes = [y * WIDTH * 4, (y + BAND) * WIDTH * 4] as const;
    if (before !== undefined && equals(canvas.pixels.subarray(...bytes), before.pixels.subarray(...bytes))) continue;
    bands.push({
      type: "rectangle",
      x: 0,
      y,
      width: WIDTH,
      height: Math.min(BAND, HEIGHT - y),
      encodingType: Encoding.Raw,
    });
  }
  return bands;
}

/** A band's pixels in the client's format, true colour of any size and order. */
function pixelsIn(format: PixelFormat, { pixels }: Canvas, { y, width, height }: Rectangle): Uint8Array {
  const size = bytesPerPixelOf(format);
  const bytes = new Uint8Array(width * height * size);
  for (let from = y * width * 4, to = 0; to < bytes.length; from += 4, to += size) {
    const red = scaled(pixels[from]!, format.redMax) << format.redShift;
    const green = scaled(pixels[from + 1]!, format.greenMax) << format.greenShift;
    const blue = scaled(pixels[from + 2]!, format.blueMax) << format.blueShift;
    const value = red | green | blue;
    for (let i = 0; i < size; i++) bytes[format.bigEndianFlag ? to + size - 1 - i : to + i] = value >>> (8 * i);
  }
  return bytes;
}

function scaled(level: number, max: number): number {
  return Math.round((level * max) / 255);
}

/** The character of a keysym: Latin-1 as itself, others as 0x01000000 + code point. */
function characterOf(keysym: number): string | undefined {
  if ((keysym >= 0x20 && keysym <= 0x7e) || (keysym >= 0xa0 && keysym <= 0xff)) return String.fromCharCode(keysym);
  return keysym >= 0x01000000 && keysym <= 0x0110ffff ? String.fromCodePoint(keysym - 0x01000000) : undefined;
}
