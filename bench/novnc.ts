/**
 * noVNC's decoders, in this process: fed from memory, drawing into memory. What reads the messages is its `rfb.js` in
 * small, for that one wants a browser.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { Encoding } from "../codec/names.ts";
import { CHUNK, type Decoder, pictureOf } from "./decoder.ts";
import { isPlain888, nameOf, type Stream } from "./decoder_stream.ts";
import { createMemoryDisplay, type MemoryDisplay } from "./novnc_display.ts";
import { cut } from "./streams.ts";

/** Of noVNC's Websock, what is used here. */
interface Websock {
  attach(channel: object): void;
  on(event: "message", handler: () => void): void;
  rQwait(what: string, bytes: number, goBack?: number): boolean;
  rQshift8(): number;
  rQshift16(): number;
  rQshift32(): number;
  rQskipBytes(bytes: number): void;
  rQpeek8(): number;
}

interface RectangleDecoder {
  /** Whether all of the rectangle was there: if not, it goes on where it was. */
  decodeRect(
    x: number,
    y: number,
    width: number,
    height: number,
    socket: Websock,
    display: MemoryDisplay,
    depth: number,
  ): boolean;
}

const DECODERS: ReadonlyMap<number, string> = new Map<number, string>([
  [Encoding.Raw, "raw"],
  [Encoding.CopyRect, "copyrect"],
  [Encoding.RRE, "rre"],
  [Encoding.Hextile, "hextile"],
  [Encoding.Zlib, "zlib"],
  [Encoding.Tight, "tight"],
  [Encoding.ZRLE, "zrle"],
]);

/** Where its package lies: its front door leads to `core/rfb.js` and to nothing else. */
const CORE = new URL(".", import.meta.resolve("@novnc/novnc"));

export const NOVNC_VERSION: string = (
  JSON.parse(readFileSync(new URL("../package.json", CORE), "utf8")) as { readonly version: string }
).version;

export async function novncDecoder(): Promise<Decoder> {
  const { Socket, decoders } = await load();
  return {
    name: "noVNC",
    objection,
    open(stream) {
      // A message of a WebSocket is an array buffer of its own.
      const messages = cut(stream.bytes, CHUNK).map((chunk) => chunk.slice().buffer);
      const channel = { ...CHANNEL };
      const socket = new Socket();
      socket.attach(channel);
      const { framebufferWidth, framebufferHeight } = stream.session;
      const first = createMemoryDisplay(framebufferWidth, framebufferHeight);
      const connect = (display: MemoryDisplay): { readonly display: MemoryDisplay; play(): number } => {
        display.resize(framebufferWidth, framebufferHeight);
        display.bytes.fill(0);
        const played = decodeFrom(socket, display, stream, decoders);
        return {
          display: played.display,
          play() {
            socket.on("message", played.receive);
            for (const data of messages) channel.onmessage({ data });
            return played.pixels;
          },
        };
      };
      return {
        pass: { prepare: () => connect(first).play },
        picture() {
          const { display, play } = connect(createMemoryDisplay(framebufferWidth, framebufferHeight));
          play();
          const { width, height, bytes } = display;
          // Tight's colours are red, green, blue in any format of 24 bits; all else is in the format's order.
          return pictureOf(
            width,
            height,
            bytes,
            stream.format.redShift === 16 && !stream.encodings.has(Encoding.Tight),
          );
        },
      };
    },
  };
}

function objection({ format, encodings, hasImages, messageTypes }: Stream): string | undefined {
  // It asks for one of these; the other, with red and blue swapped, is the same work for it, and gives BGRA.
  if (!isPlain888(format)) return "it decodes no pixel format but its own";
  if (hasImages) return "it leaves JPEG and PNG to a browser";
  const other = [...messageTypes].find((type) => type !== "framebufferUpdate");
  if (other !== undefined) return `the bench's reader for it knows no ${other}`;
  const unknown = [...encodings].find((type) => !DECODERS.has(type) && !PSEUDO.has(type));
  if (unknown !== undefined) return `it has no decoder for ${nameOf(unknown)}`;
  const inOrder = [...encodings].some((type) => DECODERS.has(type) && !IN_ANY_ORDER.has(type));
  if (format.redShift === 16 && encodings.has(Encoding.Tight) && inOrder) return "it would mix BGRA with Tight's RGBA";
  return undefined;
}

const IN_ANY_ORDER: ReadonlySet<number> = new Set([Encoding.Tight, Encoding.CopyRect]);

const PSEUDO: ReadonlySet<number> = new Set([
  Encoding.LastRect,
  Encoding.Cursor,
  Encoding.DesktopSize,
  Encoding.ExtendedDesktopSize,
  Encoding.QEMUExtendedKeyEvent,
  Encoding.QEMULEDState,
]);

interface Played {
  readonly display: MemoryDisplay;
  /** Takes what has come to the socket. */
  receive(): void;
  /** Drawn so far. */
  pixels: number;
}

/** Draws a connection's messages as they come to the socket. */
function decodeFrom(
  socket: Websock,
  display: MemoryDisplay,
  { session }: Stream,
  classes: ReadonlyMap<number, new () => RectangleDecoder>,
): Played {
  // As our own inflaters, noVNC's are made while the clock runs.
  const decoders = new Map<number, RectangleDecoder>();
  const played: Played = { display, receive, pixels: 0 };
  let rectangles = 0;
  let encoding: number | undefined;
  let [x, y, width, height] = [0, 0, 0, 0];
  return played;

  function receive(): void {
    while (!socket.rQwait("message", 1)) if (!readMessage()) break;
  }

  /** Whether there was all of it. */
  function readMessage(): boolean {
    if (rectangles === 0) {
      const type = socket.rQshift8();
      if (type !== 0) throw new Error(`Cannot read a message of type ${type} for noVNC`);
      if (socket.rQwait("header", 3, 1)) return false;
      socket.rQskipBytes(1);
      rectangles = socket.rQshift16();
    }
    for (; rectangles > 0; rectangles--) {
      if (encoding === undefined) {
        if (socket.rQwait("rectangle", 12)) return false;
        x = socket.rQshift16();
        y = socket.rQshift16();
        width = socket.rQshift16();
        height = socket.rQshift16();
        encoding = socket.rQshift32() | 0;
      }
      if (!readRectangle(encoding)) return false;
      encoding = undefined;
    }
    return true;
  }

  function readRectangle(type: number): boolean {
    switch (type) {
      case Encoding.LastRect:
        rectangles = 1;
        return true;
      case Encoding.Cursor:
        return pass(4 * width * height + Math.ceil(width / 8) * height);
      case Encoding.QEMUExtendedKeyEvent:
        return true;
      case Encoding.QEMULEDState:
        return pass(1);
      case Encoding.DesktopSize:
        display.resize(width, height);
        return true;
      case Encoding.ExtendedDesktopSize:
        if (socket.rQwait("screens", 4) || !pass(4 + 16 * socket.rQpeek8())) return false;
        if (x !== 1 || y === 0) display.resize(width, height);
        return true;
      default: {
        const isWhole = decoderOf(type).decodeRect(x, y, width, height, socket, display, 24);
        if (isWhole) played.pixels += width * height;
        return isWhole;
      }
    }
  }

  function decoderOf(type: number): RectangleDecoder {
    let decoder = decoders.get(type);
    if (decoder === undefined) {
      decoder = new (classes.get(type)!)();
      decoders.set(type, decoder);
    }
    return decoder;
  }

  function pass(bytes: number): boolean {
    if (socket.rQwait("payload", bytes)) return false;
    socket.rQskipBytes(bytes);
    return true;
  }
}

/** What a Websock wants of a WebSocket. */
const CHANNEL = {
  send(): void {},
  close(): void {},
  binaryType: "",
  onerror(): void {},
  onmessage(_event: { readonly data: ArrayBuffer }): void {},
  onopen(): void {},
  protocol: "",
  readyState: "open",
};

interface Loaded {
  readonly Socket: new () => Websock;
  readonly decoders: ReadonlyMap<number, new () => RectangleDecoder>;
}

/** Its modules look at globals of a browser's while they are loaded, and not again: nobody else is to see them. */
async function load(): Promise<Loaded> {
  const globals = globalThis as Record<string, unknown>;
  const browsers = { window: globalThis, WebSocket: { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } };
  const missing = Object.entries(browsers).filter(([name]) => globals[name] === undefined);
  for (const [name, value] of missing) globals[name] = value;
  try {
    const { default: Socket } = (await import(new URL("websock.js", CORE).href)) as Module<Websock>;
    const decoders = new Map<number, new () => RectangleDecoder>();
    for (const [type, file] of DECODERS) {
      const module = (await import(new URL(`decoders/${file}.js`, CORE).href)) as Module<RectangleDecoder>;
      decoders.set(type, module.default);
    }
    return { Socket, decoders };
  } finally {
    for (const [name] of missing) delete globals[name];
  }
}

interface Module<Of> {
  readonly default: new () => Of;
}
