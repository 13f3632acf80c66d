// What can be done with the installed package on any runtime. Each of them has a program of its own beside this one.

import * as door from "rfb-codec";
import { type Credentials, schemesNamed } from "rfb-codec/auth";
import {
  type ClientMessage,
  createClientFramer,
  createSurface,
  decodeSetEncodings,
  encodeClientMessage,
  encodeSetEncodings,
  fillArea,
  NEW_SESSION,
  RfbError,
  type Session,
} from "rfb-codec/codec";
import { type Compression, type CompressionOptions, portableCompression } from "rfb-codec/compression";
import { webCodecsH264 } from "rfb-codec/compression/webcodecs";
import { createRfbClient, createRfbServer, joinServer, type Transport } from "rfb-codec/endpoints";
import { createSecurityProxy } from "rfb-codec/proxy";
import { fromWebSocket, type WebSocketLike } from "rfb-codec/websocket";

/** Uses everything that needs no host. `options`: where JPEG's WebAssembly is, if it has to be told, or that there is to be none. */
export async function useEverything(options?: CompressionOptions): Promise<void> {
  readMessages();
  const compression: Compression = await portableCompression(options);
  compress(compression);
  same((await webCodecsH264()) === undefined, !("VideoDecoder" in globalThis));
  await useProxy(compression);
  await useWebSocket();
}

/** Fails unless two values look the same. */
export function same(found: unknown, expected: unknown): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) throw new Error(`Expected ${other}, got ${one}`);
}

const PASSWORD = "secret";
const RED = 0xff0000ff;

/** A desktop with a password: red. */
export function createDesktop(): { serve(transport: Transport): Promise<void>; close(): void } {
  const picture = createSurface(64, 32);
  fillArea(picture, 0, 0, 64, 32, RED);
  const { serve, close } = createRfbServer({ picture, name: "red" });
  const authentication = { schemes: schemesNamed(["vncauth"]), verifier: { password: () => PASSWORD } };
  return { serve: (transport) => serve(transport, { authentication }), close };
}

/** Looks at that desktop, or at what leads to it. */
export async function visit(transport: Transport, compression?: Compression): Promise<void> {
  const credentials = (): Credentials => ({ password: PASSWORD });
  const authentication = { schemes: schemesNamed(["vncauth", "none"]), credentials };
  const client = createRfbClient(await joinServer(transport, { authentication }), compression && { compression });
  const { width, height, data } = await client.screenshot();
  same([client.name, width, height, Array.from(data.subarray(-4))], ["red", 64, 32, [255, 0, 0, 255]]);
  await client.type("hello");
  await client.close();
}

function readMessages(): void {
  const message: ClientMessage = { type: "setEncodings", encodingTypes: [door.Encoding.ZRLE, -239] };
  same(decodeSetEncodings(encodeSetEncodings(message)), message);
  const session: Session = { ...NEW_SESSION, phase: "normal" };
  const framer = createClientFramer();
  const found: ClientMessage[] = [];
  for (const byte of encodeClientMessage(message)) {
    framer.push(Uint8Array.of(byte));
    const event = framer.next(session);
    if (event !== undefined) found.push(event as ClientMessage);
  }
  same(found, [message]);
  same(door.RfbError === RfbError, true);
}

function compress({ createDeflater, createInflater, decodePng, encodePng, decodeJpeg, encodeJpeg }: Compression): void {
  const bytes = new Uint8Array(1000).fill(7);
  same(createInflater?.().inflate(createDeflater!(6).deflate(bytes), 1000).length, 1000);
  const image = { width: 8, height: 8, data: new Uint8Array(256).fill(255) };
  same(decodePng?.(encodePng!(image, 6), 8, 8).data[0], 255);
  if (decodeJpeg !== undefined) same(decodeJpeg(encodeJpeg!(image, 80), 8, 8).data[0], 255);
}

async function useProxy(compression: Compression): Promise<void> {
  const desktop = createDesktop();
  const proxy = createSecurityProxy({
    dial: async () => {
      const [near, far] = pipe();
      void desktop.serve(far).catch(() => {}); // `visit` sees whatever goes wrong
      return near;
    },
    authentication: { schemes: schemesNamed(["vncauth"]), credentials: () => ({ password: PASSWORD }) },
    log: () => {},
  });
  const [near, far] = pipe();
  const serving = proxy.serve(far);
  await visit(near, compression);
  await serving;
  desktop.close();
}

async function useWebSocket(): Promise<void> {
  const target = new EventTarget();
  const socket: WebSocketLike = Object.assign(target as unknown as Pick<WebSocketLike, "addEventListener">, {
    binaryType: "arraybuffer",
    readyState: 1,
    bufferedAmount: 0,
    send: ({ buffer }: Uint8Array) => void target.dispatchEvent(Object.assign(new Event("message"), { data: buffer })),
    close: () => void target.dispatchEvent(new Event("close")),
  });
  const transport = fromWebSocket(socket);
  await transport.write(Uint8Array.of(1, 2, 3));
  same(Array.from((await transport.read())!), [1, 2, 3]);
  await transport.close();
}

/** Two transports, joined. */
function pipe(): [Transport, Transport] {
  const [one, other] = [new TransformStream<Uint8Array>({}, ROOMY), new TransformStream<Uint8Array>({}, ROOMY)];
  return [transportOver(one.readable, other.writable), transportOver(other.readable, one.writable)];
}

const ROOMY = { highWaterMark: 1000 };

function transportOver(readable: ReadableStream<Uint8Array>, writable: WritableStream<Uint8Array>): Transport {
  const [reader, writer] = [readable.getReader(), writable.getWriter()];
  const close = async (): Promise<void> => {
    await Promise.allSettled([writer.close(), reader.cancel()]);
  };
  return {
    read: async () => (await reader.read()).value,
    write: (bytes) => writer.write(bytes),
    close,
    abort: () => void close(),
  };
}
