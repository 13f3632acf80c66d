// The picture on a canvas.

import type { Area, Cursor, Framebuffer } from "rfb-codec/codec";

/** A canvas that shows a framebuffer, scaled to the room that there is. */
export interface Screen {
  draw(areas: readonly Area[]): void;
  /** The framebuffer has another size, or the room. */
  fill(): void;
  setCursor(cursor: Cursor): void;
  /** The pixel of the desktop at a place of the window. */
  pixelAt(clientX: number, clientY: number): { readonly x: number; readonly y: number };
}

/** Shows a framebuffer. The canvas's parent is the room. */
export function createScreen(canvas: HTMLCanvasElement, framebuffer: Framebuffer): Screen {
  const context = canvas.getContext("2d", { alpha: false })!;
  const room = canvas.parentElement!;
  let image: ImageData | undefined;
  let shown: Framebuffer["pixels"] | undefined; // in the image

  function fill(): void {
    const { width, height } = framebuffer;
    // A canvas that is given its size once more is blank.
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const scale = width * height === 0 ? 0 : Math.min(room.clientWidth / width, room.clientHeight / height);
    canvas.style.width = `${Math.floor(width * scale)}px`;
    canvas.style.height = `${Math.floor(height * scale)}px`;
  }

  return {
    draw(areas) {
      const { pixels, width, height } = framebuffer;
      if (width * height === 0) return;
      if (canvas.width !== width || canvas.height !== height) fill();
      // The image is the framebuffer's own memory: nothing is copied but what has changed.
      if (image === undefined || shown !== pixels) {
        const { buffer, byteOffset, byteLength } = pixels;
        image = new ImageData(new Uint8ClampedArray(buffer as ArrayBuffer, byteOffset, byteLength), width, height);
        shown = pixels;
      }
      for (const area of areas) context.putImageData(image, 0, 0, area.x, area.y, area.width, area.height);
    },
    fill,
    setCursor(cursor) {
      canvas.style.cursor = cursorOf(cursor);
    },
    pixelAt(clientX, clientY) {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      return {
        x: Math.floor(((clientX - left) * canvas.width) / width),
        y: Math.floor(((clientY - top) * canvas.height) / height),
      };
    },
  };
}

/** In CSS. Browsers draw no cursor above 128 × 128, and show their own. */
function cursorOf({ width, height, pixels, hotspotX, hotspotY }: Cursor): string {
  if (width * height === 0) return "none";
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const data = new Uint8ClampedArray(new Uint32Array(pixels).buffer);
  canvas.getContext("2d")!.putImageData(new ImageData(data, width, height), 0, 0);
  return `url(${canvas.toDataURL()}) ${Math.min(hotspotX, width - 1)} ${Math.min(hotspotY, height - 1)}, default`;
}
