/**
 * A VNC server in this process, for what needs no real one.
 *
 * @module
 */

import { schemesNamed } from "../../auth/mod.ts";
import { RGBX8888 } from "../../codec/pixel_format.ts";
import { encodeRectangle } from "../../codec/server/rectangle.ts";
import { admitClient, type ServerTls } from "../../endpoints/mod.ts";
import { type Listener, listenTcp, listenUnix } from "../../transports/node.ts";
import type { Transport } from "../../transports/transport.ts";
import { examplePicture, type Picture } from "../peers/picture.ts";

export interface FakeServerOptions {
  /** `none` when absent. */
  readonly schemes?: readonly string[];
  readonly username?: string;
  readonly password?: string;
  readonly tls?: ServerTls;
  /** The key that the RSA-AES schemes show, PEM. */
  readonly rsaKey?: string;
  /** A port that is free. */
  readonly port?: number;
  /** The path of a Unix socket to listen on, instead of a port. */
  readonly path?: string;
  /** Lets clients in, then never answers. */
  readonly mute?: boolean;
  /** Answers with what is no message, and does not close. */
  readonly garbled?: boolean;
}

export interface FakeServer {
  readonly port: number;
  readonly picture: Picture;
  /** Clients that have asked for the picture. */
  asked(): number;
  close(): Promise<void>;
}

/** Shows one picture to everyone it lets in. */
export async function startFakeServer(options: FakeServerOptions = {}): Promise<FakeServer> {
  const picture = examplePicture(70, 50);
  const { path } = options;
  const open = new Set<Transport>();
  let asked = 0;
  const onConnection = (transport: Transport): void => {
    open.add(transport);
    serve(transport, picture, options, () => asked++).catch(() => transport.abort());
  };
  const listener: Listener = await (path === undefined
    ? listenTcp({ port: options.port, onConnection })
    : listenUnix({ path, onConnection }));
  return {
    port: listener.port,
    picture,
    asked: () => asked,
    async close() {
      await listener.close();
      for (const transport of open) transport.abort();
    },
  };
}

async function serve(
  transport: Transport,
  picture: Picture,
  options: FakeServerOptions,
  asked: () => void,
): Promise<void> {
  const { width, height, rgb } = picture;
  const client = await admitClient(transport, {
    authentication: {
      schemes: schemesNamed(options.schemes ?? ["none"]),
      verifier: {
        password: () => options.password ?? "",
        ...(options.username !== undefined && {
          verify: (username, password) => username === options.username && password === options.password,
        }),
        ...(options.rsaKey !== undefined && { rsaKey: options.rsaKey }),
      },
    },
    ...(options.tls !== undefined && { tls: options.tls }),
    serverInit: {
      framebufferWidth: width,
      framebufferHeight: height,
      serverPixelFormat: RGBX8888,
      name: new TextEncoder().encode("fake"),
    },
  });
  for (let message = await client.next(); message !== undefined; message = await client.next()) {
    if (message.type !== "framebufferUpdateRequest" || message.incremental !== 0) continue;
    asked();
    if (options.mute) continue;
    if (options.garbled) {
      await client.sendBytes(new Uint8Array([99]));
      continue;
    }
    await client.send({ type: "framebufferUpdate", numberOfRectangles: 1 });
    await client.sendBytes(encodeRectangle({ type: "rectangle", x: 0, y: 0, width, height, encodingType: 0 }));
    const pixels = new Uint8Array(width * height * 4);
    for (let i = 0; i < width * height; i++) pixels.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
    await client.sendBytes(pixels);
  }
}
