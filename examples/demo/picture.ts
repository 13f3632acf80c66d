import { type Canvas, createCanvas, drawText, fillDisc, fillRectangle } from "./canvas.ts";

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

/** The demo's picture at one moment: a clock, shapes that move, and what came from the client. */
export function paint(milliseconds: number, received: Received): Canvas {
  const canvas = createCanvas(WIDTH, HEIGHT);
  for (let y = 0; y < HEIGHT; y++) fillRectangle(canvas, 0, y, WIDTH, 1, shade(y));
  drawText(canvas, 24, 20, "RFB-CODEC", 4, 0xffffff);
  drawText(canvas, 24, 56, "this desktop is drawn by a server of its own", 2, 0x9fb4cc);
  drawText(canvas, 448, 20, new Date(milliseconds).toLocaleTimeString("en-GB"), 3, 0xffd166);
  drawShapes(canvas, milliseconds / 1000);
  drawReceived(canvas, received);
  return canvas;
}

function drawShapes(canvas: Canvas, seconds: number): void {
  fillRectangle(canvas, 24, 88, WIDTH - 48, 144, 0x16202e);
  const across = WIDTH - 48 - 60;
  fillDisc(canvas, 54 + swing(seconds / 7) * across, 120 + 90 * Math.abs(Math.sin(seconds * 2)) - 2, 18, 0xef476f);
  fillDisc(canvas, 54 + swing(seconds / 5 + 0.6) * across, 160 + 40 * Math.cos(seconds * 1.3), 12, 0x06d6a0);
  const edge = 26 + 10 * Math.sin(seconds * 3);
  fillRectangle(canvas, 54 + swing(seconds / 11) * (across - 30), 148, edge, edge, 0x118ab2);
}

function drawReceived(canvas: Canvas, received: Received): void {
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
