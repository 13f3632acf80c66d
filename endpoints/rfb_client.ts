import type { Area } from "../codec/areas.ts";
import type { ClientFence, ClientMessage } from "../codec/client/mod.ts";
import { ClipboardAction } from "../codec/clipboard.ts";
import { type Compression, type Image, NO_COMPRESSION } from "../codec/compression.ts";
import type { Cursor } from "../codec/encodings/cursor.ts";
import { DECODERS } from "../codec/encodings/decoders.ts";
import { decodeDesktopName } from "../codec/encodings/desktop_name.ts";
import { decodeExtendedDesktopSize, type ExtendedDesktopSize } from "../codec/encodings/extended_desktop_size.ts";
import { framingOf } from "../codec/encodings/framing.ts";
import { decodeQemuLedState } from "../codec/encodings/qemu_led_state.ts";
import { FenceFlag } from "../codec/fence.ts";
import { createFramebuffer, type Framebuffer } from "../codec/framebuffer.ts";
import type { ServerEvent } from "../codec/framer.ts";
import { keysymOf } from "../codec/keysyms.ts";
import { DEFAULT_LIMITS, type Limits } from "../codec/limits.ts";
import { Encoding } from "../codec/names.ts";
import { createPayloadCollector } from "../codec/payload.ts";
import { type PixelFormat, RGBX8888 } from "../codec/pixel_format.ts";
import type { Screen } from "../codec/screens.ts";
import type { Rectangle } from "../codec/server/rectangle.ts";
import type { Session } from "../codec/session.ts";
import type { CreateSurface } from "../codec/surfaces.ts";
import { contentOf, textOf } from "../codec/text.ts";
import type { ClientConnection } from "./client.ts";
import { createClipboard } from "./clipboard.ts";
import { createLatest } from "./latest.ts";
import { createScreenshots } from "./screenshot.ts";
import { createUpdateRequests } from "./update_requests.ts";
import { encodingTypesOf } from "./wanted_encodings.ts";

/** What a client is to ask for. */
export interface RfbClientOptions {
  /** Without it only encodings that need none are asked for, and the clipboard is Latin-1. */
  readonly compression?: Compression;
  /** Encodings of pixels, best first; those that are fast here when absent. */
  readonly encodingTypes?: readonly number[];
  /** {@link RGBX8888} when absent: anything else costs quality, or work. */
  readonly pixelFormat?: PixelFormat;
  /** 0 to 9: how much work the server is to put into compressing. */
  readonly compressionLevel?: number;
  /** 0 to 9: lets the server send JPEG. Absent: nothing may be lost. */
  readonly qualityLevel?: number;
  /** What the peer may ask for; {@link DEFAULT_LIMITS} when absent. */
  readonly limits?: Limits;
  /** Makes what is drawn on; plain memory when absent. `createSimdSurface` of `simd` makes what is drawn on faster. */
  readonly createSurface?: CreateSurface;
}

/** What happens at a server, told apart by `type`. */
export type RfbClientEvent =
  | { readonly type: "update" /** Where the picture was drawn on. */; readonly areas: readonly Area[] }
  | { readonly type: "resize"; readonly width: number; readonly height: number }
  | { readonly type: "cursor"; readonly cursor: Cursor }
  /** The server has moved the pointer. */
  | { readonly type: "pointer"; readonly x: number; readonly y: number }
  | { readonly type: "bell" }
  | { readonly type: "clipboard"; readonly text: string }
  /** The server's clipboard is longer than the limits allow, and was skipped. `length`: bytes of its message, compressed or not. */
  | { readonly type: "clipboardSkipped"; readonly length: number }
  | { readonly type: "name"; readonly name: string }
  /** Bit 0 scroll lock, bit 1 num lock, bit 2 caps lock. */
  | { readonly type: "ledState"; readonly state: number }
  /** A {@link RfbClient.resize} was refused: 1 prohibited, 2 out of resources, 3 invalid layout. */
  | { readonly type: "resizeRefused"; readonly status: number };

/**
 * A session with a server. It can be iterated over: what happens, as it happens. Of each type of event only the newest
 * waits to be read (the areas of updates add up), so a slow reader costs no memory. Each event goes to one reader: two
 * iterators split them. Updates are asked for while somebody iterates; a picture is there without, too:
 * {@link RfbClient.screenshot}.
 */
export interface RfbClient extends AsyncIterable<RfbClientEvent> {
  /** The picture, as it is now. */
  readonly framebuffer: Framebuffer;
  /** As both sides' messages have made it so far. */
  readonly session: Session;
  /** The desktop's. */
  readonly name: string;
  /** What the server's screens are, where it tells. */
  readonly screens: readonly Screen[];
  /** Resolves at the end. Rejects where the server was at fault, with the {@link RfbError}, or the connection broke. */
  readonly closed: Promise<void>;
  /**
   * The whole picture. From a server that has fences, no pixel of it is older than this call. From others, the updates that
   * begin to arrive after it count: one that was on its way already is older by as long as that takes.
   *
   * @throws {RfbError} the server's fault; `truncated` when it closes first, `unexpected` when it cannot settle on a size
   */
  screenshot(): Promise<Image>;
  /**
   * Moves the pointer, with these buttons down: bits as in PointerEvent, bit 7 back and bit 8 forward, which only servers
   * with ExtendedMouseButtons hear of.
   */
  pointer(x: number, y: number, buttonMask?: number): Promise<void>;
  /** A key goes down or up. @param keycode of the XT set, 0 where unknown: it is sent where the server takes it. */
  key(keysym: number, isDown: boolean, keycode?: number): Promise<void>;
  /** Presses the keys that write a text, one after the other. */
  type(text: string): Promise<void>;
  /** Hands the server a new clipboard. */
  setClipboard(text: string): Promise<void>;
  /** Asks for another size of the desktop. @throws {TypeError} a server that takes none */
  resize(width: number, height: number): Promise<void>;
  /** Sends a message as it is. */
  send(message: ClientMessage): Promise<void>;
  /** Ends the session. */
  close(): Promise<void>;
}

/**
 * Begins to work a session that {@link joinServer} has opened. The connection is the client's from here on.
 *
 * @throws {RangeError} a level that is not one of 0 to 9
 * @throws {TypeError} a quality level with Tight or TightPNG, and no `decodeJpeg` to read what the server then sends
 */
export function createRfbClient(connection: ClientConnection, options: RfbClientOptions = {}): RfbClient {
  const { pixelFormat = RGBX8888, limits = DEFAULT_LIMITS } = options;
  const encodingTypes = encodingTypesOf(options);
  const framebuffer = createFramebuffer({
    ...options,
    limits,
    onPicture(picture, { x, y }) {
      framebuffer.draw(x, y, picture);
      // Of a video it may come long after its rectangle.
      if (!isUpdating) events.add({ type: "update", areas: [] });
    },
  });
  const collect = createPayloadCollector();
  const events = createLatest<RfbClientEvent>((event) =>
    event.type === "update" ? { type: "update", areas: framebuffer.takeDamage() } : event,
  );
  const clipboard = createClipboard(
    {
      plain: (text) => answer({ type: "clientCutText", text }),
      extended: (message) => answer({ type: "extendedClientCutText", ...message }),
    },
    options.compression ?? NO_COMPRESSION,
    limits,
  );
  let name = textOf(connection.session.name ?? new Uint8Array(0));
  let screens: readonly Screen[] = [];
  let rectangle: Rectangle | undefined;
  let hasFence = false;
  let hasQemuKeys = false;
  let unsent = 0;
  let lastAnswer: Promise<unknown> = Promise.resolve();
  let painted = 0; // pixels since others had their turn
  let isUpdating = false;
  let hasDrawn = false; // in the present update

  let isClosed = false; // by ourselves
  const server = {
    get size() {
      const { framebufferWidth: width, framebufferHeight: height } = connection.session;
      return { width, height };
    },
    get hasFence() {
      return hasFence;
    },
    get isShooting() {
      return screenshots.isPending;
    },
    get isOver() {
      return events.isOver;
    },
    tell,
    fence: (fence: Omit<ClientFence, "type">) => tell({ type: "clientFence", ...fence }),
    askForAll: () => requests.askForAll(),
  };
  const requests = createUpdateRequests(server);
  const screenshots = createScreenshots(framebuffer, server);

  tell({ type: "setPixelFormat", pixelFormat });
  tell({ type: "setEncodings", encodingTypes });
  const closed = run();
  closed.catch(() => {}); // whoever does not look at it hears of the error elsewhere, or not at all

  return {
    framebuffer,
    get session() {
      return connection.session;
    },
    get name() {
      return name;
    },
    get screens() {
      return screens;
    },
    closed,
    screenshot: screenshots.take,
    pointer(x, y, buttonMask = 0) {
      const { framebufferWidth, framebufferHeight, extendedMouseButtons } = connection.session;
      const place = {
        x: Math.max(0, Math.min(Math.trunc(x), framebufferWidth - 1)),
        y: Math.max(0, Math.min(Math.trunc(y), framebufferHeight - 1)),
      };
      return connection.send(
        extendedMouseButtons && buttonMask >= 0x80
          ? {
              type: "pointerEvent",
              buttonMask: (buttonMask & 0x7f) | 0x80,
              ...place,
              extendedButtonMask: (buttonMask >> 7) & 0x03,
            }
          : // Not bit 7: a server whose answer is still on its way takes it for the sign of a longer message.
            { type: "pointerEvent", buttonMask: buttonMask & 0x7f, ...place },
      );
    },
    key,
    async type(text) {
      for (const character of text) {
        await key(keysymOf(character), true);
        await key(keysymOf(character), false);
      }
    },
    setClipboard: (text) => clipboard.set(text),
    async resize(width, height) {
      if (screens.length === 0) throw new TypeError("Cannot resize the desktop: the server has not said that it can");
      const [{ id, flags }] = screens as [Screen];
      await connection.send({
        type: "setDesktopSize",
        width,
        height,
        screens: [{ id, x: 0, y: 0, width, height, flags }],
      });
    },
    send: (message) => connection.send(message),
    close() {
      isClosed = true;
      return connection.close();
    },
    [Symbol.asyncIterator]() {
      requests.watch();
      let isOver = false;
      const leave = (): void => {
        if (!isOver) requests.unwatch();
        isOver = true;
      };
      return {
        async next() {
          const value = isOver ? undefined : await events.next();
          if (value !== undefined) return { done: false, value };
          leave();
          return { done: true, value: undefined };
        },
        async return() {
          leave();
          return { done: true, value: undefined };
        },
      };
    },
  };

  async function key(keysym: number, isDown: boolean, keycode = 0): Promise<void> {
    const downFlag = isDown ? 1 : 0;
    await connection.send(
      hasQemuKeys && keycode !== 0
        ? { type: "qemuExtendedKeyEvent", downFlag, keysym, keycode }
        : { type: "keyEvent", downFlag, key: keysym },
    );
  }

  async function run(): Promise<void> {
    try {
      for (;;) {
        const event = await connection.next();
        if (event === undefined) break;
        take(event);
        if (unsent > MOST_UNSENT) await lastAnswer;
        if (painted > BREATH) {
          painted = 0;
          await new Promise((resolve) => setTimeout(resolve));
        }
      }
      finish(undefined);
    } catch (error) {
      connection.transport.abort();
      const fault = isClosed ? undefined : error; // a read that fails because we have closed is nobody's fault
      finish(fault);
      if (fault !== undefined) throw fault;
    }
  }

  function finish(error: unknown): void {
    screenshots.end(error);
    events.end(error);
    framebuffer.close();
  }

  function take(event: ServerEvent): void {
    const { cursor, pointer, width, height } = framebuffer;
    framebuffer.apply(event, connection.session);
    switch (event.type) {
      case "rectangle":
        rectangle = event;
        // Servers tell the size again with every whole picture, where it is an ExtendedDesktopSize.
        if (framebuffer.width !== width || framebuffer.height !== height) resized();
        else if (event.encodingType === Encoding.QEMUExtendedKeyEvent) hasQemuKeys = true;
        return;
      case "rectanglePayload": {
        const drawn = rectangle!;
        const isPlace = framingOf(drawn.encodingType)?.drawsPixels === true;
        if (isPlace || DECODERS.has(drawn.encodingType)) {
          hasDrawn = true;
          if (!event.last) return;
          painted += isPlace ? drawn.width * drawn.height : framebuffer.width * framebuffer.height;
          screenshots.drawn(drawn, event.bytes);
          return;
        }
        const payload = TOLD.has(drawn.encodingType) ? collect(event) : undefined;
        if (payload !== undefined) takePseudo(drawn, payload);
        if (framebuffer.cursor !== undefined && framebuffer.cursor !== cursor) {
          events.add({ type: "cursor", cursor: framebuffer.cursor });
        }
        if (framebuffer.pointer !== undefined && framebuffer.pointer !== pointer) {
          events.add({ type: "pointer", ...framebuffer.pointer });
        }
        return;
      }
      case "framebufferUpdate":
        isUpdating = true;
        screenshots.updateBegins();
        return;
      case "framebufferUpdateEnd":
        if (hasDrawn) events.add({ type: "update", areas: [] });
        screenshots.updateEnds();
        requests.updateEnds(hasDrawn);
        isUpdating = hasDrawn = false;
        return;
      case "bell":
        events.add({ type: "bell" });
        return;
      case "serverFence":
        hasFence = true;
        if (event.flags >= FenceFlag.Request) {
          const flags = event.flags & (FenceFlag.BlockBefore | FenceFlag.BlockAfter | FenceFlag.SyncNext);
          tell({ type: "clientFence", flags, payload: event.payload.slice() });
        } else {
          screenshots.fenceAnswered(event);
        }
        return;
      case "endOfContinuousUpdates":
        requests.continuousEnds();
        return;
      case "resizeFrameBuffer":
      case "palmResizeFrameBuffer":
        resized();
        return;
      case "skippedMessage":
        events.add({ type: "clipboardSkipped", length: event.length });
        return;
      case "serverCutText":
        events.add({ type: "clipboard", text: contentOf(event.text) });
        return;
      case "extendedServerCutText": {
        const text = clipboard.take(event);
        if (text !== undefined) events.add({ type: "clipboard", text });
        else if ((event.flags & ClipboardAction.Caps) !== 0) void clipboard.sendCapabilities().catch(() => {});
        return;
      }
      default:
        return;
    }
  }

  function takePseudo(of: Rectangle, payload: Uint8Array): void {
    switch (of.encodingType) {
      case Encoding.DesktopName:
        name = textOf(decodeDesktopName(payload).name);
        events.add({ type: "name", name });
        return;
      case Encoding.QEMULEDState:
        events.add({ type: "ledState", state: decodeQemuLedState(payload).state });
        return;
      case Encoding.ExtendedDesktopSize:
        takeDesktopSize(decodeExtendedDesktopSize(payload, of));
        return;
      default:
        return;
    }
  }

  function takeDesktopSize({ reason, status, screens: told }: ExtendedDesktopSize): void {
    if (reason === 1 && status !== 0) events.add({ type: "resizeRefused", status });
    else screens = told;
  }

  function resized(): void {
    const { width, height } = framebuffer;
    events.add({ type: "resize", width, height });
    const isAsked = screenshots.isPending;
    requests.resized();
    screenshots.resized();
    if (!isAsked && requests.isWatched) requests.askForAll(); // a new size comes with no promise of its pixels
  }

  /** Sends what nobody waits for: a server that takes nothing any more is noticed where it is read. */
  function tell(message: ClientMessage): void {
    answer(message).catch(() => {});
  }

  /** Sends what the server has caused: as long as it does not take that, no more of its own is taken. */
  function answer(message: ClientMessage): Promise<void> {
    unsent += 1;
    const sent = connection.send(message).finally(() => {
      unsent -= 1;
    });
    lastAnswer = sent.catch(() => {});
    return sent;
  }
}

/** Answers that a server may leave unread: fences and requests are small, and one update causes few. */
const MOST_UNSENT = 100;

/** Pixels that may be drawn before others get their turn: some 10 ms. */
const BREATH = 2 ** 23;

/** What a rectangle tells us, beside the framebuffer. */
const TOLD: ReadonlySet<number> = new Set([Encoding.DesktopName, Encoding.QEMULEDState, Encoding.ExtendedDesktopSize]);
