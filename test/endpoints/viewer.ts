import { schemesNamed } from "../../auth/mod.ts";
import {
  type Area,
  type ClientMessage,
  type Compression,
  createFramebuffer,
  createSurface,
  type Framebuffer,
  type PixelFormat,
  type Rectangle,
  type ServerEvent,
  type Surface,
} from "../../codec/mod.ts";
import { type ClientConnection, joinServer, type RfbServer } from "../../endpoints/mod.ts";
import { createMemoryPair, type MemoryOptions } from "../../transports/memory.ts";
import type { Transport } from "../../transports/transport.ts";
import { join } from "../codec/bytes.ts";
import { soon } from "../proxy/bed.ts";

/** A client by hand: nothing is sent, read or answered but what a test says. */
export interface Viewer {
  readonly connection: ClientConnection;
  readonly framebuffer: Framebuffer;
  /** How serving it ended. */
  readonly served: Promise<void>;
  send(message: ClientMessage): Promise<void>;
  format(pixelFormat: PixelFormat): Promise<void>;
  encodings(...encodingTypes: readonly number[]): Promise<void>;
  /** Of the whole, unless an area is named. */
  request(isIncremental: boolean, area?: Area): Promise<void>;
  /** The next message of this type; what comes before it is drawn or passed over. */
  message<Type extends ServerEvent["type"]>(type: Type): Promise<Extract<ServerEvent, { readonly type: Type }>>;
  /** Draws the next update. */
  update(): Promise<readonly Drawn[]>;
}

/** A rectangle with its payload. */
export type Drawn = Rectangle & { readonly payload: Uint8Array };

export interface ViewerOptions extends MemoryOptions {
  readonly compression?: Compression;
  /** Comes between the server and its end of the connection. */
  readonly wrap?: (transport: Transport) => Transport;
}

/** Joins a server over a connection in memory. */
export async function view(server: RfbServer, options: ViewerOptions = {}): Promise<Viewer> {
  const [near, far] = createMemoryPair(options);
  const schemes = schemesNamed(["none"]);
  const served = server.serve(options.wrap?.(far) ?? far, { authentication: { schemes, verifier: {} } });
  served.catch(() => {});
  const connection = await soon("joining", joinServer(near, { authentication: { schemes, credentials: () => ({}) } }));
  const framebuffer = createFramebuffer(options);
  const next = async (): Promise<ServerEvent> => {
    const event = await soon("event", connection.next());
    if (event === undefined) throw new Error("the server closed");
    framebuffer.apply(event, connection.session);
    return event;
  };
  const viewer: Viewer = {
    connection,
    framebuffer,
    served,
    send: (message) => connection.send(message),
    format: (pixelFormat) => connection.send({ type: "setPixelFormat", pixelFormat }),
    encodings: (...encodingTypes) => connection.send({ type: "setEncodings", encodingTypes }),
    request(isIncremental, area) {
      const { framebufferWidth: width, framebufferHeight: height } = connection.session;
      const incremental = isIncremental ? 1 : 0;
      return connection.send({
        type: "framebufferUpdateRequest",
        incremental,
        ...(area ?? { x: 0, y: 0, width, height }),
      });
    },
    async message(type) {
      for (;;) {
        const event = await next();
        if (event.type === type) return event as Extract<ServerEvent, { readonly type: typeof type }>;
      }
    },
    async update() {
      await viewer.message("framebufferUpdate");
      const drawn: Drawn[] = [];
      let payload: Uint8Array[] = [];
      let rectangle: Rectangle | undefined;
      for (;;) {
        const event = await next();
        if (event.type === "framebufferUpdateEnd") return drawn;
        if (event.type === "rectangle") rectangle = event;
        if (event.type !== "rectanglePayload") continue;
        payload.push(event.bytes.slice());
        if (!event.last) continue;
        drawn.push({ ...rectangle!, payload: join(payload) });
        payload = [];
      }
    },
  };
  return viewer;
}

/** What a screen may show: plain areas, gradients and noise; the same for the same seed. All of it opaque. */
export function screenful(width: number, height: number, seed = 1): Surface {
  const picture = createSurface(width, height);
  let state = seed;
  for (let i = 0; i < picture.pixels.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const kind = ((x >> 4) + (y >> 4) + seed) % 3;
    const colour = kind === 0 ? 0x336699 * seed : kind === 1 ? x * 5 + y * 0x700 + seed * 0x10000 : state >>> 8;
    picture.pixels[i] = ((colour & 0xffffff) | 0xff000000) >>> 0;
  }
  return picture;
}
