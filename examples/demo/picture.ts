import type { Area, Surface } from "../../codec/mod.ts";
import { drawText, fillDisc, fillRectangle } from "./canvas.ts";

/** What the demo's server has received, for its picture to tell. */
export interface Received {
  key: string;
  pointerX: number;
  pointerY: number;
  buttonMask: number;
  clipboard: string;
  typed: string;
}

export const WIDTH = 640;
export const HEIGHT = 400;
/** Characters that fit behind a name. */
export const LINE = 36;

export function nothingReceived(): Received {
  return { key: "none yet", pointerX: -1, pointerY: -1, buttonMask: 0, clipboard: "", typed: "" };
}

/** Draws the demo's picture at one moment: a clock, shapes that move, and what came from clients. */
export function paint(canvas: Surface, milliseconds: number, received: Received): void {
  for (let y = 0; y < HEIGHT; y++) fillRectangle(canvas, 0, y, WIDTH, 1, shade(y));
  drawText(canvas, 24, 20, "RFB-CODEC", 4, 0xffffff);
  drawText(canvas, 24, 56, "this desktop is drawn by a server of its own", 2, 0x9fb4cc);
  drawText(canvas, CLOCK.x, CLOCK.y, timeOf(milliseconds), 3, 0xffd166);
  drawShapes(canvas, milliseconds / 1000);
  drawReceived(canvas, received);
}

/** Where the picture of now may differ from the one before. */
export function changesSince(before: Moment, now: Moment): Area[] {
  const [was, is] = [before.received, now.received];
  const areas: Area[] = [SHAPES];
  if (timeOf(before.milliseconds) !== timeOf(now.milliseconds)) areas.push(CLOCK);
  if (LINES.some((name) => was[name] !== is[name])) areas.push(TOLD);
  if (was.pointerX !== is.pointerX || was.pointerY !== is.pointerY || was.buttonMask !== is.buttonMask) {
    areas.push(TOLD, dotOf(was), dotOf(is));
  }
  return areas;
}

/** All that a picture depends on. */
export interface Moment {
  readonly milliseconds: number;
  readonly received: Readonly<Received>;
}

const CLOCK: Area = { x: 448, y: 20, width: 144, height: 21 };
const SHAPES: Area = { x: 24, y: 88, width: WIDTH - 48, height: 144 };
const TOLD: Area = { x: 24, y: 252, width: WIDTH - 24, height: HEIGHT - 252 };
const LINES = ["key", "typed", "clipboard"] as const;

function dotOf({ pointerX, pointerY }: Received): Area {
  return { x: pointerX - 5, y: pointerY - 5, width: 11, height: 11 };
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toLocaleTimeString("en-GB");
}

function drawShapes(canvas: Surface, seconds: number): void {
  fillRectangle(canvas, SHAPES.x, SHAPES.y, SHAPES.width, SHAPES.height, 0x16202e);
  const across = WIDTH - 48 - 60;
  fillDisc(canvas, 54 + swing(seconds / 7) * across, 120 + 90 * Math.abs(Math.sin(seconds * 2)) - 2, 18, 0xef476f);
  fillDisc(canvas, 54 + swing(seconds / 5 + 0.6) * across, 160 + 40 * Math.cos(seconds * 1.3), 12, 0x06d6a0);
  const edge = 26 + 10 * Math.sin(seconds * 3);
  fillRectangle(canvas, 54 + swing(seconds / 11) * (across - 30), 148, edge, edge, 0x118ab2);
}

function drawReceived(canvas: Surface, received: Received): void {
  const { key, pointerX, pointerY, buttonMask, clipboard, typed } = received;
  const pointer = pointerX < 0 ? "none yet" : `${pointerX},${pointerY} buttons ${buttonMask.toString(2)}`;
  const lines = [
    ["key", key],
    ["typed", typed],
    ["pointer", pointer],
    ["clipboard", clipboard],
  ] as const;
  for (const [i, [name, value]] of lines.entries()) {
    const y = 252 + i * 34;
    drawText(canvas, 24, y, name, 2, 0x9fb4cc);
    drawText(canvas, 160, y, value.slice(-LINE), 2, 0xffffff);
  }
  if (pointerX >= 0) fillDisc(canvas, pointerX, pointerY, 4, buttonMask === 0 ? 0xffd166 : 0xef476f);
}

/** From 0 to 1 and back, once a unit. */
function swing(phase: number): number {
  return Math.abs((((phase % 1) + 1) % 1) - 0.5) * 2;
}

function shade(y: number): number {
  const level = Math.round((y / HEIGHT) * 24);
  return ((12 + level / 2) << 16) | ((20 + level / 2) << 8) | (34 + level);
}
