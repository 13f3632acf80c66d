/**
 * The decoders of npm's vnc-rfb-client, in this process: fed from memory, through its own reader of updates.
 *
 * @module
 */

import { createRequire } from "node:module";
import { Encoding } from "../codec/names.ts";
import { type Decoder, pictureOf } from "./decoder.ts";
import { isPlain888, nameOf, type Stream } from "./decoder_stream.ts";

/** Of its client, what is used here. */
interface Client {
  clientWidth: number;
  clientHeight: number;
  /** Shifts in bytes. */
  pixelFormat: Readonly<Record<string, number>>;
  fb: Buffer;
  readonly _socketBuffer: { pushData(data: Buffer): void; bytesLeft(): number; flush(): void };
  /** Takes the message that the buffer begins with. */
  _handleData(): Promise<void>;
  on(event: "rectProcessed", listener: (rectangle: { encoding: number; width: number; height: number }) => void): void;
}

const require = createRequire(import.meta.url);

export const VNC_RFB_CLIENT_VERSION: string = require("vnc-rfb-client/package.json").version;

export function vncRfbClientDecoder(): Decoder {
  const VncClient = require("vnc-rfb-client") as new (options: object) => Client;
  return {
    name: NAME,
    objection,
    open(stream) {
      const { session, bytes, format, pixels } = stream;
      const { framebufferWidth: width, framebufferHeight: height } = session;
      const received = Buffer.from(bytes);
      const fb = Buffer.alloc(4 * width * height);
      const play = async (): Promise<Client & { drawn: number }> => {
        const client = Object.assign(new VncClient({}), { clientWidth: width, clientHeight: height, fb, drawn: 0 });
        const { bitsPerPixel, depth, redShift, greenShift, blueShift } = format;
        client.pixelFormat = {
          ...{ bitsPerPixel, depth },
          ...{ redShift: redShift / 8, greenShift: greenShift / 8, blueShift: blueShift / 8 },
        };
        client.on("rectProcessed", ({ encoding, width, height }) => {
          if (DECODED.has(encoding)) client.drawn += width * height;
        });
        // In one piece: for bytes that are not there it sleeps, and behind those that are it copies all for each piece.
        client._socketBuffer.pushData(received);
        while (client._socketBuffer.bytesLeft() > 0) {
          await client._handleData();
          client._socketBuffer.flush();
        }
        return client;
      };
      return {
        pass: async () => ((await play()).drawn === pixels ? pixels : -1),
        async picture() {
          const { clientWidth, clientHeight, fb } = await play();
          // Raw comes out as BGRA, all else as RGBA.
          return pictureOf(clientWidth, clientHeight, fb, stream.encodings.has(Encoding.Raw));
        },
      };
    },
  };
}

function objection({ format, encodings, messageTypes }: Stream): string | undefined {
  if (!isPlain888(format)) return "it decodes no other pixels than 8 bits a colour, little-endian";
  const other = [...messageTypes].find((type) => type !== "framebufferUpdate");
  if (other !== undefined) return `it is not asked about ${other}`;
  const unknown = [...encodings].find((type) => !DECODED.has(type) && !PSEUDO.has(type));
  if (unknown !== undefined) return `it has no decoder for ${nameOf(unknown)}`;
  const others = [...encodings].some((type) => type === Encoding.ZRLE || type === Encoding.Hextile);
  return encodings.has(Encoding.Raw) && others ? "it mixes BGRA of Raw with RGBA" : undefined;
}

const NAME = "vnc-rfb-client";
const DECODED: ReadonlySet<number> = new Set([Encoding.Raw, Encoding.CopyRect, Encoding.Hextile, Encoding.ZRLE]);
const PSEUDO: ReadonlySet<number> = new Set([Encoding.Cursor, Encoding.DesktopSize]);
