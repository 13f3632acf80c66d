import { concat } from "@std/bytes";
import type { Area } from "../codec/areas.ts";
import { createEncoder, encodingFor } from "../codec/encoder.ts";
import { encodeCopyRect } from "../codec/encodings/copy_rect.ts";
import { wholeRectangle } from "../codec/encodings/payload.ts";
import { Encoding } from "../codec/names.ts";
import type { PixelFormat } from "../codec/pixel_format.ts";
import { COLOUR_CUBE } from "../codec/pixel_values.ts";
import { decodeRectangle, encodeServerMessage, type ServerMessage } from "../codec/server/mod.ts";
import type { Session } from "../codec/session.ts";
import type { Taken } from "./changes.ts";
import type { Desktop } from "./desktop.ts";
import { cutIntoPieces } from "./pieces.ts";
import type { ServerConnection } from "./server.ts";

/** Sends one client its updates. */
export interface UpdateSender {
  /**
   * Sends one update, of rectangles that are whole already and of what is taken off the picture as it is from now on.
   * Nothing else may be sent meanwhile.
   *
   * @returns the areas that there was no room for
   */
  send(rectangles: readonly Uint8Array[], taken: Taken): Promise<readonly Area[]>;
  /** Nothing more will be sent. */
  close(): void;
}

/** @param write sends bytes; the answer is whether to go on */
export function createUpdateSender(
  connection: ServerConnection,
  desktop: Desktop,
  write: (bytes: Uint8Array) => Promise<boolean>,
): UpdateSender {
  const { compression } = desktop;
  const encoder = createEncoder(compression);
  let mapped: PixelFormat | undefined; // the format whose colour map the client has

  return {
    async send(rectangles, { moves, areas }) {
      const { framebufferWidth: width, framebufferHeight: height } = connection.session;
      const encodingType = encodingFor(connection.session, compression);
      const whole = [...rectangles];
      for (const { to, srcX, srcY } of moves) {
        const payload = encodeCopyRect({ srcX, srcY });
        whole.push(wholeRectangle(Encoding.CopyRect, to.x, to.y, to.width, to.height, payload));
      }
      const pieces = cutIntoPieces(areas, desktop.picture, { width, height }, encodingType);
      const left = pieces.splice(MAXIMUM_RECTANGLES - whole.length);

      const head: ServerMessage = { type: "framebufferUpdate", numberOfRectangles: whole.length + pieces.length };
      // The format that the client has asked for comes into force here, and stays for all of the update.
      let session = connection.observe(head);
      let held = [...colourMapOf(session), encodeServerMessage(head), ...whole];
      for (const rectangle of whole) session = connection.observe(decodeRectangle(rectangle));
      // Piece by piece, so that a large picture is neither in memory as a whole nor holds everybody else up.
      let heldLength = 0;
      let work = 0;
      for (const { picture, area } of pieces) {
        for (const bytes of encoder.encode(picture, area, session, encodingType)) {
          held.push(bytes);
          heldLength += bytes.length;
        }
        work += area.width * area.height;
        if (heldLength >= CHUNK_LENGTH) {
          if (!(await write(concat(held)))) return [];
          held = [];
          heldLength = 0;
        }
        if (work >= WORK_AREA) {
          await breath();
          work = 0;
        }
      }
      if (held.length > 0) await write(concat(held));
      return left.map(({ area }) => area);
    },
    close: encoder.close,
  };

  function colourMapOf({ pixelFormat }: Session): Uint8Array[] {
    const before = mapped;
    mapped = pixelFormat;
    if (pixelFormat === before || pixelFormat?.trueColourFlag !== 0) return [];
    return [encodeServerMessage({ type: "setColourMapEntries", firstColour: 0, colours: COLOUR_CUBE })];
  }
}

const MAXIMUM_RECTANGLES = 65535;

/** Bytes that are worth a write of their own. */
const CHUNK_LENGTH = 64 * 1024;

/** Pixels that are encoded before others have their turn. */
const WORK_AREA = 2 ** 17;

/** Lets events and timers have their turn. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
