// What our server sends, as TigerVNC's and gtk-vnc's viewers draw it on an X display.

import { expect, test } from "vitest";
import { Encoding, type Surface } from "../../codec/mod.ts";
import { until } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";
import { GVNCVIEWER, type Shown, VNCVIEWER, viewWithGvncviewer, viewWithVncviewer } from "../peers/viewers.ts";
import { FORMATS } from "./formats.ts";
import { DRAWINGS, distanceOf, KINDS, mixedPicture, redraw, rgbOf, squeezed } from "./pictures.ts";
import { type Served, servePicture } from "./served.ts";

const SIZE = { width: 333, height: 257 } as const;

/** A picture, new areas of it, a move, and another picture. */
async function expectAll(sent: string, picture: Surface, shown: Shown, { server, sent: tell }: Served): Promise<void> {
  const kinds = sent === "RRE" ? DRAWINGS : KINDS;
  const expectAlike = (): Promise<void> => shown.waitForPicture(rgbOf(picture));
  await expectAlike();
  for (const area of AREAS) {
    redraw(picture, area, 7, kinds);
    server.damage(area);
  }
  await expectAlike();
  server.move({ x: 10, y: 10, width: 200, height: 150 }, 40, 25);
  await expectAlike();
  redraw(picture, { x: 0, y: 0, ...SIZE }, 9, kinds);
  server.damage();
  await expectAlike();

  const { rectangles } = tell();
  const drawn = Object.keys(rectangles).filter((name) => name.startsWith(sent));
  expect(drawn.reduce((sum, name) => sum + rectangles[name]!.count, 0)).toBeGreaterThanOrEqual(2);
  expect(rectangles.CopyRect!.count).toBe(1);
}

/** JPEG: as our decoder draws it, or nearly so, and near the picture. */
async function expectJpeg(picture: Surface, shown: Shown, { sent }: Served): Promise<void> {
  const expected = rgbOf(picture);
  const drawn = await until("the viewer to show the picture", async () => {
    const dumped = await shown.dump();
    return distanceOf(dumped, expected) < MOST_DISTANCE ? dumped : undefined;
  });
  const { picture: ours, rectangles } = sent();
  expect(distanceOf(drawn, ours)).toBeLessThan(1);
  expect(rectangles["Tight JPEG"]!.count).toBeGreaterThan(0);
}

/** On average, of samples of 0 to 255, half of which are noise. gtk-vnc asks for quality 5. */
const MOST_DISTANCE = 17;

peer("TigerVNC's viewer", VNCVIEWER, () => {
  test.each(["Raw", "RRE", "Hextile", "ZRLE", "Tight"] as const)("shows %s pixel for pixel", async (encoding) => {
    const picture = mixedPicture(SIZE.width, SIZE.height, encoding === "RRE" ? DRAWINGS : KINDS);
    const served = await servePicture(picture);
    const viewer = await viewWithVncviewer({ ...SIZE, port: served.port, encoding });
    await expectAll(encoding, picture, viewer, served);
    await viewer.stop();
    await served.stop();
  });

  test.each(
    (["Hextile", "ZRLE", "Tight"] as const).flatMap((encoding) =>
      LOW_COLOURS.map((low) => [encoding, ...low] as const),
    ),
  )("shows %s in %s pixel for pixel", async (encoding, format, lowColourLevel) => {
    const picture = mixedPicture(SIZE.width, SIZE.height);
    const served = await servePicture(picture);
    const viewer = await viewWithVncviewer({ ...SIZE, port: served.port, encoding, lowColourLevel });
    await viewer.waitForPicture(squeezed(picture, FORMATS[format]));
    expect(Object.keys(served.sent().rectangles).filter((name) => name.startsWith(encoding))).not.toEqual([]);
    await viewer.stop();
    await served.stop();
  });

  test("shows JPEG in Tight near the picture", async () => {
    const picture = mixedPicture(SIZE.width, SIZE.height);
    const served = await servePicture(picture);
    const viewer = await viewWithVncviewer({ ...SIZE, port: served.port, encoding: "Tight", qualityLevel: 5 });
    await expectJpeg(picture, viewer, served);
    await viewer.stop();
    await served.stop();
  });
});

peer("gtk-vnc's viewer", GVNCVIEWER, () => {
  const { Raw, RRE, Hextile, ZRLE, Tight, CopyRect } = Encoding;

  test.each([
    ["Raw", Raw],
    ["RRE", RRE],
    ["Hextile", Hextile],
    ["ZRLE", ZRLE],
    ["Tight", Tight],
  ])("shows %s pixel for pixel", async (sent, type) => {
    const picture = mixedPicture(SIZE.width, SIZE.height, sent === "RRE" ? DRAWINGS : KINDS);
    const served = await servePicture(picture, { filter: (asked) => asked === type || asked === CopyRect });
    const viewer = await viewWithGvncviewer({ ...SIZE, port: served.port });
    await expectAll(sent, picture, viewer, served);
    await viewer.stop();
    await served.stop();
  });

  test("shows JPEG in Tight near the picture", async () => {
    const picture = mixedPicture(SIZE.width, SIZE.height);
    const served = await servePicture(picture);
    const viewer = await viewWithGvncviewer({ ...SIZE, port: served.port });
    await expectJpeg(picture, viewer, served);
    await viewer.stop();
    await served.stop();
  });
});

/** TigerVNC rounds the three bits of 332 down, and two bits need no rounding. */
const LOW_COLOURS = [
  ["rgb222", 1],
  ["rgb111", 0],
] as const;

const AREAS = [
  { x: 5, y: 7, width: 70, height: 33 },
  { x: 120, y: 99, width: 101, height: 150 },
  { x: 300, y: 3, width: 1, height: 1 },
] as const;
