import font from "oled-font-5x7";
import { fillArea, type Surface } from "../../codec/mod.ts";

/** 0xRRGGBB. */
export type Colour = number;

/** Fills a rectangle; what leaves the canvas is cut off. */
export function fillRectangle(
  canvas: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: Colour,
): void {
  const left = Math.max(0, Math.round(x));
  const top = Math.max(0, Math.round(y));
  const right = Math.min(canvas.width, Math.round(x + width));
  const bottom = Math.min(canvas.height, Math.round(y + height));
  if (left < right && top < bottom) fillArea(canvas, left, top, right - left, bottom - top, rgbaOf(colour));
}

/** Fills a disc; what leaves the canvas is cut off. */
export function fillDisc(canvas: Surface, x: number, y: number, radius: number, colour: Colour): void {
  for (let row = -radius; row <= radius; row++) {
    const half = Math.sqrt(radius * radius - row * row);
    fillRectangle(canvas, x - half, y + row, 2 * half, 1, colour);
  }
}

/** Writes one line of text, each dot of a letter `scale` pixels wide. Characters the font lacks show as "?". */
export function drawText(canvas: Surface, x: number, y: number, text: string, scale: number, colour: Colour): void {
  let left = x;
  for (const character of text) {
    drawCharacter(canvas, left, y, character, scale, colour);
    left += (font.width + 1) * scale;
  }
}

function drawCharacter(canvas: Surface, x: number, y: number, character: string, scale: number, colour: Colour): void {
  const index = font.lookup.indexOf(character);
  const glyph = index < 0 ? font.lookup.indexOf("?") : index;
  for (let column = 0; column < font.width; column++) {
    const dots = font.fontData[glyph * font.width + column]!;
    for (let row = 0; row < font.height; row++) {
      if (dots & (1 << row)) fillRectangle(canvas, x + column * scale, y + row * scale, scale, scale, colour);
    }
  }
}

/** As pixels have it: R in the lowest byte. */
function rgbaOf(colour: Colour): number {
  return ((colour >> 16) & 0xff) | (colour & 0xff00) | ((colour & 0xff) << 16) | 0xff000000;
}
