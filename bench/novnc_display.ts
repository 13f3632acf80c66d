/**
 * What noVNC's decoders draw on, in memory instead of a canvas.
 *
 * @module
 */

/**
 * The methods of noVNC's Display that its decoders call, each as quick as we know how: a canvas does them in native code.
 * Those that leave more than that to a browser fail.
 */
export interface MemoryDisplay {
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel, in the order in which the decoders hand them over. */
  readonly bytes: Uint8Array;
  resize(width: number, height: number): void;
  fillRect(x: number, y: number, width: number, height: number, colour: ArrayLike<number>): void;
  copyImage(oldX: number, oldY: number, x: number, y: number, width: number, height: number): void;
  blitImage(x: number, y: number, width: number, height: number, from: Uint8Array, offset: number): void;
  imageRect(x: number, y: number, width: number, height: number, mime: string): never;
}

export function createMemoryDisplay(width: number, height: number): MemoryDisplay {
  let stride = width;
  let rows = height;
  let pixels = new Uint32Array(width * height);
  let bytes = new Uint8Array(pixels.buffer);
  return {
    get width() {
      return stride;
    },
    get height() {
      return rows;
    },
    get bytes() {
      return bytes;
    },
    resize(width, height) {
      if (width === stride && height === rows) return;
      const [old, oldStride] = [pixels, stride];
      const [keptColumns, keptRows] = [Math.min(width, stride), Math.min(height, rows)];
      pixels = new Uint32Array(width * height);
      bytes = new Uint8Array(pixels.buffer);
      [stride, rows] = [width, height];
      for (let y = 0; y < keptRows; y++) {
        pixels.set(old.subarray(y * oldStride, y * oldStride + keptColumns), y * stride);
      }
    },
    fillRect(x, y, width, height, colour) {
      const pixel = 0xff000000 | (colour[2]! << 16) | (colour[1]! << 8) | colour[0]!;
      for (let row = y * stride + x, end = row + height * stride; row < end; row += stride) {
        // The native fill costs more than a few stores.
        if (width < 16) for (let i = row; i < row + width; i++) pixels[i] = pixel;
        else pixels.fill(pixel, row, row + width);
      }
    },
    copyImage(oldX, oldY, x, y, width, height) {
      if (width === stride) {
        pixels.copyWithin(y * width, oldY * width, (oldY + height) * width);
        return;
      }
      for (let i = 0; i < height; i++) {
        const row = y > oldY ? height - 1 - i : i;
        const from = (oldY + row) * stride + oldX;
        pixels.copyWithin((y + row) * stride + x, from, from + width);
      }
    },
    blitImage(x, y, width, height, from, offset) {
      const length = 4 * width;
      let to = 4 * (y * stride + x);
      if (width === stride) {
        bytes.set(from.subarray(offset, offset + height * length), to);
        return;
      }
      for (let at = offset, end = offset + height * length; at < end; at += length, to += 4 * stride) {
        bytes.set(from.subarray(at, at + length), to);
      }
    },
    imageRect(_x, _y, _width, _height, mime) {
      throw new Error(`Cannot draw ${mime}: noVNC leaves it to the browser`);
    },
  };
}
