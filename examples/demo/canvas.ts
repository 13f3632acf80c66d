import font from "oled-font-5x7";

/** A picture in bytes R, G, B and one spare, to draw on. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** 0xRRGGBB. */
export type Colour = number;

export function createCanvas(width: number, height: number): Canvas {
  return { width, height, pixels: new Uint8Array(width * height * 4) };
}

/** Fills a rectangle; what leaves the canvas is cut off. */
export function fillRectangle(
  canvas: Canvas,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: Colour,
): void {
  const left = Math.max(0, Math.round(x));
  const right = Math.min(canvas.width, Math.round(x + width));
  const bottom = Math.min(canvas.height, Math.round(y + height));
  for (let row = Math.max(0, Math.round(y)); row < bottom; row++) {
    for (let column = left; column < right; column++) setPixel(canvas, column, row, colour);
  }
}

/** Fills a disc; what leaves the canvas is cut off. */
export function fillDisc(canvas: Canvas, x: number, y: number, radius: number, colour: Colour): void {
  for (let row = -radius; row <= radius; row++) {
    const half = Math.sqrt(radius * radius - row * row);
    fillRectangle(canvas, x - half, y + row, 2 * half, 1, colour);
  }
}

/** Writes one line of text, each dot of a letter `scale` pixels wide. Characters the font lacks show as "?". */
export function drawText(canvas: Canvas, x: number, y: number, text: string, scale: number, colour: Colour): void {
  let left = x;
  for (const character of text) {
    drawCharacter(canvas, left, y, character, scale, colour);
    left += (font.width + 1) * scale;
  }
}

function drawCharacter(canvas: Canvas, x: number, y: number, character: string, scale: number, colour: Colour): void {
  const index = font.lookup.indexOf(character);
  const glyph = index < 0 ? font.lookup.indexOf("?") : index;
  for (let column = 0; column < font.width; column++) {
    const dots = font.fontData[glyph * font.width + column]!;
    for (let row = 0; row < font.height; row++) {
      if (dots & (1 << row)) fillRectangle(canvas, x + column * scale, y + row * scale, scale, scale, colour);
    }
  }
}

function setPixel({ width, pixels }: Canvas, x: number, y: number, colour: Colour): void {
  const at = (y * width + x) * 4;
  pixels[at] = colour >> 16;
  pixels[at + 1] = colour >> 8;
  pixels[at + 2] = colour;
}
