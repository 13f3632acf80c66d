/**
 * What passes between a client and a server, heard at one of the two.
 *
 * @module
 */

import { nameOfEncoding } from "../../codec/mod.ts";
import { nodeCompression } from "../../compression/node.ts";
import type { RecordedChunk, Transport } from "../../endpoints/mod.ts";
import { replay } from "../../endpoints/replay.ts";
import type { Picture } from "../peers/picture.ts";
import { rgbOf } from "./pictures.ts";

export const compression = await nodeCompression();

export interface Tap {
  /** To be used in place of the other. */
  readonly transport: Transport;
  /** What has passed until now. @throws what our own decoders find wrong with it */
  heard(): Heard;
}

export interface Heard {
  /** What our own decoders make of it. */
  readonly picture: Picture;
  /** By the encoding's name, those without pixels too. With Tight that is followed by what it makes of the pixels. */
  readonly rectangles: Readonly<Record<string, { readonly count: number; readonly bytes: number }>>;
  /** How many of each type the client has sent. */
  readonly clientMessages: Readonly<Record<string, number>>;
}

/** @param end whose transport it is */
export function tapped(transport: Transport, end: "client" | "server"): Tap {
  const peer = end === "client" ? "server" : "client";
  const bytes: Record<"client" | "server", Uint8Array[]> = { client: [], server: [] };
  const chunks: RecordedChunk[] = [];
  const keep = (from: "client" | "server", chunk: Uint8Array): void => {
    bytes[from].push(chunk.slice()); // what was read is the reader's
    chunks.push({ from, length: chunk.length });
  };
  return {
    transport: {
      ...transport,
      async read() {
        const chunk = await transport.read();
        if (chunk !== undefined) keep(peer, chunk);
        return chunk;
      },
      write(chunk) {
        keep(end, chunk);
        return transport.write(chunk);
      },
    },
    heard: () => hear(Buffer.concat(bytes.client), Buffer.concat(bytes.server), chunks),
  };
}

function hear(client: Uint8Array, server: Uint8Array, chunks: readonly RecordedChunk[]): Heard {
  const rectangles: Record<string, { count: number; bytes: number }> = {};
  const clientMessages: Record<string, number> = {};
  let name = "";
  let present: { count: number; bytes: number } | undefined;
  const { framebuffer, error } = replay(
    { client, server, chunks },
    {
      compression,
      saw(from, event) {
        if (from === "client") clientMessages[event.type] = (clientMessages[event.type] ?? 0) + 1;
        else if (event.type === "rectangle") {
          name = nameOfEncoding(event.encodingType).replace(/ \(.*/, "");
          present = undefined;
        } else if (event.type === "rectanglePayload") {
          if (present === undefined) {
            present = rectangles[name + (name.startsWith("Tight") ? kindOf(event.bytes) : "")] ??= {
              count: 0,
              bytes: 0,
            };
            present.count++;
          }
          present.bytes += event.bytes.length;
        }
      },
    },
  );
  // It may be heard in the middle of a message.
  if (error !== undefined && error.code !== "truncated") throw error;
  const { width, height } = framebuffer;
  const picture = rgbOf({ width, height, pixels: new Uint32Array(framebuffer.toRgba().buffer) });
  return { picture, rectangles, clientMessages };
}

/** What Tight makes of a rectangle's pixels, by the first bytes of its payload. */
function kindOf([control = 0, filter = 0]: Uint8Array): string {
  if (control >> 4 >= 8) return [" fill", " JPEG", " PNG or plain"][(control >> 4) - 8] ?? " plain";
  return (control & 0x40) === 0 ? "" : ["", " palette", " gradient"][filter]!;
}
