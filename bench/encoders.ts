import type { Compression } from "../codec/compression.ts";
import { createEncoder } from "../codec/encoder.ts";
import { Encoding } from "../codec/names.ts";
import { type PixelFormat, RGBX8888 } from "../codec/pixel_format.ts";
import type { Surface } from "../codec/pixels.ts";
import { encodeFramebufferUpdate } from "../codec/server/framebuffer_update.ts";
import type { Session } from "../codec/session.ts";
import { nodeCompression } from "../compression/node.ts";
import { FORMATS } from "../test/interop/formats.ts";
import { mixedPicture } from "../test/interop/pictures.ts";
import { libvncMissing } from "./c_program.ts";
import { CHUNK } from "./decoder.ts";
import { sessionBehindInit } from "./decoder_stream.ts";
import { streamDrawing } from "./drawn_streams.ts";
import { HANDSHAKE, libvncserverEncoders } from "./libvncserver.ts";
import type { Contest, LeftOut } from "./measure.ts";
import { connectionOf, ownDecoder } from "./own_decoder.ts";
import { type Recorded, recordedIn } from "./recordings.ts";
import { cut } from "./streams.ts";

/** A picture for encoders. */
export interface Subject {
  readonly name: string;
  picture(compression: Compression): Surface;
}

/** One that is drawn, and those that large recordings of ZRLE end in. */
export function subjects(quick: boolean, folder: string): readonly Subject[] {
  const [width, height] = quick ? [256, 192] : [1920, 1080];
  const drawn = { name: `drawn ${width}x${height}`, picture: () => mixedPicture(width, height) };
  const isChosen = ({ width, height, format, stream }: Recorded): boolean =>
    width * height >= LARGE && format.bitsPerPixel === 32 && stream().encoding === "ZRLE";
  const recorded = quick ? [] : recordedIn(folder).filter(isChosen);
  return [
    ...recorded.map(({ name, stream }) => ({
      name,
      picture(compression: Compression) {
        const { framebuffer, play } = connectionOf(stream(), cut(stream().bytes, CHUNK), compression);
        play();
        return framebuffer;
      },
    })),
    drawn,
  ];
}

/**
 * A whole picture to an update's bytes, beside libvncserver at level 1: without JPEG it goes no higher, but for 9. Ours is at
 * the lowest level at which our bytes are not many more.
 *
 * @throws {Error} either side's bytes draw another picture
 */
export async function* encoderContests(
  encoding: (typeof ENCODED)[number],
  { name, picture: pictureBy }: Subject,
): AsyncGenerator<Contest | LeftOut> {
  const what = `${encoding} encoder`;
  const missing = libvncMissing();
  if (missing !== undefined) {
    yield { what, stream: name, peer: PEER, why: missing };
    return;
  }
  const compression = await nodeCompression();
  const start = await libvncserverEncoders();
  const { width, height, pixels } = pictureBy(compression);
  const picture = { width, height, pixels };
  const type = Encoding[encoding];
  const hasLevels = encoding !== "Hextile";
  const sessionAt = (level: number, format: PixelFormat): Session =>
    sessionBehindInit(width, height, format, [type, Encoding.LastRect, Encoding.CompressionLevel0 + level]);

  for (const [depth, format] of DEPTHS) {
    const stream = `${name} ${depth}`;
    const encode = (level: number): Uint8Array => encoded(picture, sessionAt(level, format), type, compression);
    const check = async (who: string, bytes: Uint8Array): Promise<void> => {
      const drawn = streamDrawing(picture, { name, format, session: sessionAt(1, format), bytes });
      const fault = drawn.fault(await (await ownDecoder("ours", compression).open(drawn)).picture());
      if (fault !== undefined) throw new Error(`Wrong picture of ${stream} by ${who} in ${encoding}: ${fault}`);
    };
    const theirs = start(picture, sessionAt(1, format));
    try {
      const update = await theirs.update();
      await check(PEER, update);
      const level = LEVELS.find((level) => encode(level).length <= MOST_MORE * update.length);
      if (level === undefined) {
        yield { what, stream, peer: PEER, why: `its bytes are ${update.length}, and ours are many more` };
        continue;
      }
      const ours = encode(level);
      await check("us", ours);
      // What a connection of its own says, which is the same again and again.
      const expected = HANDSHAKE + update.length;
      yield {
        what,
        stream: hasLevels ? `${stream}, level ${level}` : stream,
        chunk: "whole",
        peer: PEER,
        goal: 0.5,
        unit: "Mpx/s",
        amount: width * height,
        expected,
        ours: () => (encode(level).length === ours.length ? expected : -1),
        theirs: theirs.pass,
      };
    } finally {
      await theirs.close();
    }
  }
}

export const ENCODED = ["ZRLE", "Tight", "Hextile"] as const;

const PEER = "libvncserver";
const DEPTHS = [
  ["888", RGBX8888],
  ["565", FORMATS.rgb565le],
] as const;
const LEVELS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** More bytes would be less work. */
const MOST_MORE = 1.15;
const LARGE = 1_000_000;

function encoded(picture: Surface, session: Session, type: number, compression: Compression): Uint8Array {
  const { width, height } = picture;
  const encoder = createEncoder(compression);
  const rectangles = encoder.encode(picture, { x: 0, y: 0, width, height }, session, type);
  encoder.close();
  const numberOfRectangles = rectangles.length;
  return Buffer.concat([encodeFramebufferUpdate({ type: "framebufferUpdate", numberOfRectangles }), ...rectangles]);
}
