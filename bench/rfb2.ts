/**
 * The client of npm's rfb2, in this process, on a stream in memory. It draws nothing: it hands out rectangles' bytes, as a framer
 * does.
 *
 * @module
 */

import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { encodeProtocolVersion } from "../codec/handshake/protocol_version.ts";
import { encodeServerInit } from "../codec/handshake/server_init.ts";
import type { Session } from "../codec/session.ts";

interface Rfb2 {
  createConnection(params: { stream: EventEmitter; security: readonly number[] }): EventEmitter;
}

const require = createRequire(import.meta.url);

export const RFB2_VERSION: string = require("rfb2/package.json").version;

/** Plays chunks of updates of Raw rectangles to it, and adds up the bytes that its events stand for. */
export function rfb2Framer(chunks: readonly Uint8Array[], session: Session): () => number {
  const { createConnection } = require("rfb2") as Rfb2;
  const handshake = handshakeOf(session);
  const buffers = chunks.map((chunk) => Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
  return () => {
    let bytes = 0;
    const stream = Object.assign(new EventEmitter(), {
      write(said: Uint8Array): void {
        if (said[0] === REQUEST) bytes += 4; // it is through an update, and asks for the next
      },
    });
    const client = Object.assign(createConnection({ stream, security: [NONE] }), { autoUpdate: true });
    client.on("rect", ({ buffer }: { buffer: Uint8Array }) => {
      bytes += 12 + buffer.length;
    });
    stream.emit("data", handshake);
    bytes = 0; // of the first request, which it makes at once
    for (const buffer of buffers) stream.emit("data", buffer);
    return bytes;
  };
}

const NONE = 1;
const REQUEST = 3;

/** What a server says up to ServerInit that wants no authentication. */
function handshakeOf({ framebufferWidth, framebufferHeight, pixelFormat }: Session): Buffer {
  const init = encodeServerInit({
    type: "serverInit",
    framebufferWidth,
    framebufferHeight,
    serverPixelFormat: pixelFormat!,
    name: Uint8Array.of(0x20), // it would wait for more behind an empty one
  });
  return Buffer.concat([
    encodeProtocolVersion({ type: "protocolVersion", major: 3, minor: 8 }),
    Uint8Array.of(1, 1),
    new Uint8Array(4),
    init,
  ]);
}
