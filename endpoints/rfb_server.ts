import type { ServerAuthentication } from "../auth/mod.ts";
import { type Area, intersectionOf } from "../codec/areas.ts";
import { type Compression, NO_COMPRESSION } from "../codec/compression.ts";
import type { Cursor } from "../codec/encodings/cursor.ts";
import { DEFAULT_LIMITS, type Limits } from "../codec/limits.ts";
import { RGBX8888 } from "../codec/pixel_format.ts";
import type { Surface } from "../codec/pixels.ts";
import { copyArea } from "../codec/surfaces.ts";
import { bytesOf } from "../codec/text.ts";
import type { Transport } from "../transports/transport.ts";
import type { Desktop } from "./desktop.ts";
import { createEventQueue } from "./event_queue.ts";
import { SizeReason } from "./news.ts";
import { createService, type Service } from "./served_client.ts";
import { admitClient, type ServerTls } from "./server.ts";
import type { RfbServerEvent, ServedClient } from "./server_events.ts";

/** What a server shows. */
export interface RfbServerOptions {
  /** RGBA; A is not looked at. It stays the owner's, who draws on it and says where with {@link RfbServer.damage}. */
  readonly picture: Surface;
  /** What clients show as the desktop's name; empty when absent. */
  readonly name?: string;
  /** Without it no encoding that compresses is used, and the clipboard is Latin-1. */
  readonly compression?: Compression;
  /** What the peer may ask for; {@link DEFAULT_LIMITS} when absent. */
  readonly limits?: Limits;
}

/** How to take one client in. */
export interface ServeOptions {
  /** What clients are offered and checked with. */
  readonly authentication: ServerAuthentication;
  /** What clients are shown in TLS. */
  readonly tls?: ServerTls;
  /** Milliseconds that a client has for passing security; 10 000 when absent. */
  readonly handshakeTimeout?: number;
  /** The transport leads to an UltraVNC repeater, where viewers find us under this: `ID:1234`. */
  readonly repeater?: string;
  /** Ends the connection, whatever it is at. */
  readonly signal?: AbortSignal;
}

/**
 * A desktop for any number of clients, all of which share it, whatever they ask. It can be iterated over: what they do, by
 * one reader at a time. While nobody iterates it is passed over.
 *
 * Until an event has been dealt with, its client is not read any further: none is lost, none overtakes another, and no more
 * than one a client waits. It has been dealt with when the reader asks for the next one. Pictures do not wait for it.
 */
export interface RfbServer extends AsyncIterable<RfbServerEvent> {
  /** The one that is shown now. */
  readonly picture: Surface;
  /** Those that have been let in. */
  readonly clients: readonly ServedClient[];
  /**
   * Lets a client in and serves it until it leaves. To be called for each connection.
   *
   * @throws {RfbError} the client's fault, or its failure to authenticate; no other client notices
   * @throws {Error} the server was closed, and the client with it
   * @throws what the signal aborts with
   */
  serve(transport: Transport, options: ServeOptions): Promise<void>;
  /**
   * Something was drawn there, or anywhere when absent. Each client gets the newest pixels once it is ready for them. A large
   * update is taken off the picture in bands, and others have their turn in between: of what is drawn meanwhile it may have a
   * part, and the next one, which `damage` asks for, has all.
   */
  damage(area?: Area): void;
  /**
   * Moves pixels inside the picture, and has those clients do the same that can: scrolling costs next to nothing. What
   * was drawn before is to be told of before.
   *
   * @throws {RangeError} pixels that come from or go to outside
   */
  move(area: Area, x: number, y: number): void;
  /**
   * Shows another picture, of another size as well. A client that cannot follow keeps its size: it sees the upper left
   * corner, and black where there is nothing.
   *
   * @param askedBy whose wish it was: see {@link RfbServerEvent} `resizeAsked`
   */
  resize(picture: Surface, askedBy?: ServedClient): void;
  /**
   * The shape of the pointer, for clients that draw it; 0 × 0 hides it. No others see it.
   *
   * @throws {RangeError} a side, or a hotspot, above the limit
   */
  setCursor(cursor: Cursor): void;
  /** Gives the desktop another name. @throws {RangeError} a name above the limit */
  setName(name: string): void;
  /** The keyboard's lamps: bit 0 scroll lock, bit 1 num lock, bit 2 caps lock. @throws {RangeError} other bits */
  setLedState(state: number): void;
  /** Hands the clients a new clipboard. @throws {RangeError} a text above the limit */
  setClipboard(text: string): void;
  /** Rings at all clients. */
  bell(): void;
  /** Sends all clients away, lets no more in and ends the events. */
  close(): void;
}

/**
 * A server without clients.
 *
 * ```ts
 * import { createSurface, fillArea } from "rfb-codec/codec";
 * import { schemesNamed } from "rfb-codec/auth";
 * import { createRfbServer } from "rfb-codec/endpoints";
 * import { listenTcp } from "rfb-codec/node";
 *
 * const server = createRfbServer({ picture: createSurface(640, 480), name: "a desktop" });
 * const authentication = { schemes: schemesNamed(["none"]), verifier: {} };
 * const listener = await listenTcp({
 *   onConnection: (transport) => void server.serve(transport, { authentication }).catch(console.error),
 * });
 * fillArea(server.picture, 10, 10, 100, 100, 0xff0000ff); // red: A, B, G, R
 * server.damage({ x: 10, y: 10, width: 100, height: 100 });
 *
 * setTimeout(server.close, 1000);
 * for await (const event of server) {
 *   if (event.type === "key" && event.isDown) server.bell();
 * }
 * await listener.close();
 * ```
 */
export function createRfbServer(options: RfbServerOptions): RfbServer {
  const { name = "", compression = NO_COMPRESSION, limits = DEFAULT_LIMITS } = options;
  const desktop: Desktop = {
    picture: checked(options.picture),
    name: nameOf(name),
    cursor: undefined,
    ledState: undefined,
    clipboard: undefined,
    bells: 0,
    compression,
    limits,
  };
  const events = createEventQueue<RfbServerEvent>();
  const services = new Set<Service>();
  const giveUps = new Set<(reason: unknown) => void>();
  let isClosed = false;

  return {
    get picture() {
      return desktop.picture;
    },
    get clients() {
      return Array.from(services, ({ client }) => client);
    },
    serve,
    damage(area) {
      const { picture } = desktop;
      const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
      const drawn = area === undefined ? whole : intersectionOf(wholePixels(area), whole);
      if (drawn !== undefined) for (const service of services) service.damage(drawn);
    },
    move({ x: srcX, y: srcY, width, height }, x, y) {
      const { picture } = desktop;
      const to = { x, y, width, height };
      for (const area of [to, { ...to, x: srcX, y: srcY }]) checkInside(area, picture);
      copyArea(picture, x, y, width, height, srcX, srcY);
      if (width > 0 && height > 0) for (const service of services) service.move({ to, srcX, srcY });
    },
    resize(picture, askedBy) {
      desktop.picture = checked(picture);
      const others = askedBy === undefined ? SizeReason.Server : SizeReason.OtherClient;
      for (const service of services) service.resized(service.client === askedBy ? SizeReason.ThisClient : others);
    },
    setCursor(cursor) {
      checkCursor(cursor, limits);
      change({ cursor });
    },
    setName: (text) => change({ name: nameOf(text) }),
    setLedState(ledState) {
      if (!isWithin(ledState, 7)) throw new RangeError(`Cannot light the lamps of ${ledState}`);
      change({ ledState });
    },
    setClipboard(text) {
      fitting("the clipboard", bytesOf(text), limits.maxClipboardLength);
      change({ clipboard: { text } });
    },
    bell: () => change({ bells: desktop.bells + 1 }),
    close() {
      isClosed = true;
      for (const giveUp of giveUps) giveUp(new Error("the server was closed"));
      events.end();
    },
    [Symbol.asyncIterator]: () => events[Symbol.asyncIterator](),
  };

  async function serve(transport: Transport, how: ServeOptions): Promise<void> {
    const { authentication, tls = {}, handshakeTimeout = 10_000, repeater, signal } = how;
    if (isClosed) {
      transport.abort();
      throw new Error("Cannot serve a client: the server was closed");
    }
    const over = new AbortController();
    const giveUp = (reason: unknown): void => over.abort(reason);
    const abort = (): void => giveUp(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    giveUps.add(giveUp);
    const late = setTimeout(giveUp, handshakeTimeout, new Error(`not done after ${handshakeTimeout} ms`));
    try {
      const { picture } = desktop;
      const connection = await admitClient(transport, {
        authentication,
        tls,
        limits,
        ...(repeater !== undefined && { repeater }),
        signal: over.signal,
        serverInit: {
          framebufferWidth: picture.width,
          framebufferHeight: picture.height,
          serverPixelFormat: RGBX8888,
          name: desktop.name,
        },
      });
      clearTimeout(late);
      const service = createService(connection, desktop, events.put);
      services.add(service);
      over.signal.addEventListener("abort", service.end);
      if (over.signal.aborted) service.end();
      try {
        await service.run();
      } finally {
        services.delete(service);
      }
      signal?.throwIfAborted();
    } finally {
      clearTimeout(late);
      giveUps.delete(giveUp);
      signal?.removeEventListener("abort", abort);
    }
  }

  function nameOf(text: string): Uint8Array {
    return fitting("the name", bytesOf(text), limits.maxNameLength);
  }

  function change(what: Partial<Desktop>): void {
    Object.assign(desktop, what);
    for (const service of services) service.wake();
  }
}

function checked(picture: Surface): Surface {
  const { width, height, pixels } = picture;
  if (!(isWithin(width, 65535) && isWithin(height, 65535) && pixels.length >= width * height)) {
    throw new RangeError(`Cannot show a picture of ${width} × ${height} with ${pixels.length} pixels`);
  }
  return picture;
}

function checkInside({ x, y, width, height }: Area, picture: Surface): void {
  const isSound = [x, y, width, height].every((value) => isWithin(value, 65535));
  if (isSound && x + width <= picture.width && y + height <= picture.height) return;
  throw new RangeError(
    `Cannot move ${width} × ${height} pixels at ${x},${y}: the picture is ${picture.width} × ${picture.height}`,
  );
}

function checkCursor({ width, height, hotspotX, hotspotY, pixels }: Cursor, { maxCursorSide }: Limits): void {
  const fits = [width, height, hotspotX, hotspotY].every((value) => isWithin(value, maxCursorSide));
  if (fits && pixels.length === width * height) return;
  throw new RangeError(
    `Cannot show a cursor of ${width} × ${height} at ${hotspotX},${hotspotY} with ${pixels.length} pixels`,
  );
}

function isWithin(value: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= maximum;
}

function fitting(what: string, bytes: Uint8Array, maximum: number): Uint8Array {
  if (bytes.length > maximum) throw new RangeError(`Cannot set ${what}: ${bytes.length} bytes, at most ${maximum}`);
  return bytes;
}

/** The least area of whole pixels that holds it all. */
function wholePixels({ x, y, width, height }: Area): Area {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  return { x: left, y: top, width: Math.ceil(x + width) - left, height: Math.ceil(y + height) - top };
}
