// What our server sends, as libvncclient decodes it.

import { beforeAll, describe, expect, test } from "vitest";
import { type Cursor, Encoding, type PixelFormat, type Surface } from "../../codec/mod.ts";
import { comparePictures, type Picture } from "../peers/picture.ts";
import { peer } from "../peers/programs.ts";
import { FORMATS, type FormatName } from "./formats.ts";
import {
  compileLibvncclient,
  LIBVNCCLIENT,
  type Libvncclient,
  type LibvncclientOptions,
  type Shape,
} from "./libvncclient.ts";
import { arrow, DRAWINGS, distanceOf, KINDS, mixedPicture, photograph, redraw, squeezed } from "./pictures.ts";
import { type Served, type ServedOptions, servePicture } from "./served.ts";

const ALL = Object.keys(FORMATS) as FormatName[];

/** All but those that libvncclient 0.9.14 shows wrong, whoever encodes them. */
function but(...wrong: readonly FormatName[]): readonly FormatName[] {
  return ALL.filter((name) => !wrong.includes(name));
}

/** What it asks for, what our server is to send then, and the formats in which it decodes that. */
const LOSSLESS: readonly (readonly [asked: string, sent: string, formats: readonly FormatName[]])[] = [
  ["raw", "Raw", ALL],
  ["rre", "RRE", ALL],
  ["corre", "CoRRE", ALL],
  ["hextile", "Hextile", ALL],
  ["zlib", "Zlib", ALL],
  ["ultra", "Ultra", ALL],
  // It puts a CPIXEL that is the lower end of a big-endian pixel a byte too far, and takes one from its neighbour.
  ["trle", "TRLE", but("rgb888be")],
  ["zrle", "ZRLE", but("rgb888be")],
  // It puts a TPIXEL together in the host's byte order, whatever order it has asked for.
  ["tight", "Tight", but("rgb888be", "rgbx888be")],
];

/** As libjpeg-turbo would have any format; libvncclient draws these two orders of channels only, and no big-endian 16 bits. */
const PHOTOGRAPHIC: readonly FormatName[] = ["rgb888le", "bgr888le", "rgb565le", "bgr555le"];

/** Its wavelet takes 16 bits for 565, and no big-endian pixels. */
const WAVELET: readonly FormatName[] = ["rgb888le", "bgr888le", "rgb565le"];

peer("libvncclient", LIBVNCCLIENT, () => {
  let join: (options: LibvncclientOptions) => Libvncclient;
  beforeAll(async () => {
    join = await compileLibvncclient();
  });

  /** Serves a picture to it, and ends both. */
  async function view(
    picture: Surface,
    options: Omit<LibvncclientOptions, "port"> & ServedOptions,
    look: (client: Libvncclient, served: Served) => Promise<void>,
  ): Promise<void> {
    const served = await servePicture(picture, options);
    const client = join({ ...options, port: served.port });
    try {
      await look(client, served);
    } finally {
      await client.stop();
      await served.stop();
    }
  }

  for (const [asked, sent, formats] of LOSSLESS) {
    describe(`shows ${sent} pixel for pixel`, () => {
      test.each(formats)("in %s: a picture, new areas of it, a move, and another picture", async (name) => {
        const format = FORMATS[name];
        const [width, height] = name === "rgb888le" ? [640, 480] : [333, 257];
        const kinds = sent.endsWith("RRE") ? DRAWINGS : KINDS;
        const picture = mixedPicture(width, height, kinds);
        const expectAlike = (shown: Picture): void =>
          expect(comparePictures(shown, squeezed(picture, format))).toEqual({ pixels: 0 });

        await view(picture, { encodings: `${asked} copyrect`, format }, async (client, { server, sent: tell }) => {
          expectAlike(await client.all());
          for (const area of AREAS) {
            redraw(picture, area, 7, kinds);
            server.damage(area);
          }
          expectAlike(await client.next());
          server.move({ x: 10, y: 10, width: 200, height: 150 }, 40, 25);
          expectAlike(await client.next());
          redraw(picture, { x: 0, y: 0, width, height }, 9, kinds);
          expectAlike(await client.all());

          const { rectangles, picture: ours } = tell();
          expect(rectangles[sent]!.count).toBeGreaterThanOrEqual(2);
          expect(rectangles.CopyRect!.count).toBe(1);
          expectAlike(ours);
        });
      });
    });
  }

  describe("shows Tight pixel for pixel", () => {
    test.each([0, 1, 2, 5, 9])("at compression level %d", async (compressionLevel) => {
      const picture = mixedPicture(333, 257);
      const options = { encodings: "tight", format: FORMATS.bgr888le, compressionLevel };
      await view(picture, options, async (client) => {
        for (const task of [client.all, client.all]) {
          expect(comparePictures(await task(), squeezed(picture, options.format))).toEqual({ pixels: 0 });
        }
      });
    });

    test.each(["rgb888le", "rgbx888le", "rgb565le"] as const)("with gradients, in %s", async (name) => {
      const picture = photograph(333, 257);
      const options = { encodings: "tight", format: FORMATS[name], compressionLevel: 9 };
      await view(picture, options, async (client, { sent }) => {
        expect(comparePictures(await client.all(), squeezed(picture, options.format))).toEqual({ pixels: 0 });
        expect(sent().rectangles["Tight gradient"]!.count).toBeGreaterThan(0);
      });
    });
  });

  describe("shows JPEG in Tight as our decoder does, and near the picture", () => {
    // In 16 bits a pixel larger rectangles than our server's would be its end.
    test.each(PHOTOGRAPHIC.flatMap((name) => [0, 5, 9].map((quality) => [name, quality] as const)))(
      "in %s of quality %d",
      async (name, qualityLevel) => {
        const picture = mixedPicture(640, 480);
        const options = { encodings: "tight", format: FORMATS[name], qualityLevel };
        await view(picture, options, async (client, { sent }) => {
          const shown = await client.all();
          const { picture: ours, rectangles } = sent();
          expect(comparePictures(shown, ours)).toEqual({ pixels: 0 });
          expect(distanceOf(shown, squeezed(picture, options.format))).toBeLessThan(MOST_DISTANCE[qualityLevel]!);
          expect(rectangles["Tight JPEG"]!.count).toBeGreaterThan(0);
        });
      },
    );
  });

  describe("shows ZYWRLE as our decoder does, and near the picture", () => {
    // Each has a level of the wavelet of its own.
    test.each(WAVELET.flatMap((name) => [0, 3, 6].map((quality) => [name, quality] as const)))(
      "in %s of quality %d",
      async (name, qualityLevel) => {
        const picture = mixedPicture(333, 257);
        const options = { encodings: "zywrle", format: FORMATS[name], qualityLevel };
        await view(picture, options, async (client, { sent }) => {
          const shown = await client.all();
          const { picture: ours, rectangles } = sent();
          expect(comparePictures(shown, ours)).toEqual({ pixels: 0 });
          expect(distanceOf(shown, squeezed(picture, options.format))).toBeLessThan(26);
          expect(rectangles.ZYWRLE!.count).toBeGreaterThan(0);
        });
      },
    );
  });

  describe("shows the pointer", () => {
    test.each(["rgb888le", "rgbx888be", "rgb565be", "rgb332"] as const)("of Cursor in %s", async (name) => {
      const format = FORMATS[name];
      await view(photograph(64, 64), { encodings: "raw", format }, async (client, { server }) => {
        const cursor = arrow();
        server.setCursor(cursor);
        expectShape(await client.cursor(), cursor, format);
      });
    });

    test("of XCursor, in two colours", async () => {
      const format = FORMATS.rgb888le;
      const filter = (type: number): boolean => type !== Encoding.Cursor;
      await view(photograph(64, 64), { encodings: "raw", format, filter }, async (client, { server, sent }) => {
        const cursor = arrow(true);
        server.setCursor(cursor);
        expectShape(await client.cursor(), cursor, format);
        expect(sent().rectangles.XCursor!.count).toBe(1);
      });
    });
  });
});

function expectShape({ picture, isOpaque, hotspot }: Shape, cursor: Cursor, format: PixelFormat): void {
  expect(hotspot).toEqual([cursor.hotspotX, cursor.hotspotY]);
  expect(Array.from(isOpaque)).toEqual(Array.from(cursor.pixels, (pixel) => pixel >>> 31));
  const isSeen = (_: number, i: number): boolean => isOpaque[Math.floor(i / 3)] === 1;
  expect(picture.rgb.filter(isSeen)).toEqual(squeezed(cursor, format).rgb.filter(isSeen));
}

const AREAS = [
  { x: 5, y: 7, width: 70, height: 33 },
  { x: 120, y: 99, width: 101, height: 150 },
  { x: 300, y: 3, width: 1, height: 1 },
] as const;

/** By quality, of samples of 0 to 255, on average: half of the picture is noise. Channels that are swapped make it 75 and more. */
const MOST_DISTANCE: Readonly<Record<number, number>> = { 0: 33, 5: 17, 9: 1 };
