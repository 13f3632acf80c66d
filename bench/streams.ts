/**
 * Synthetic streams, the same in every run, and what to cut them into.
 *
 * @module
 */

import { type ClientMessage, encodeClientMessage } from "../codec/client/mod.ts";
import { Encoding } from "../codec/names.ts";
import { RGBX8888 } from "../codec/pixel_format.ts";
import { encodeFramebufferUpdate } from "../codec/server/framebuffer_update.ts";
import { encodeRectangle, RECTANGLE_LENGTH } from "../codec/server/rectangle.ts";
import { NEW_SESSION, type Session } from "../codec/session.ts";

/** A session past its handshake, with a full HD screen at 4 bytes a pixel. */
export const SESSION: Session = {
  ...NEW_SESSION,
  phase: "normal",
  framebufferWidth: 1920,
  framebufferHeight: 1080,
  pixelFormat: RGBX8888,
};

/** A read from a busy socket, and the payload of one Ethernet frame. */
export const CHUNKS: readonly { readonly chunk: string; readonly length: number }[] = [
  { chunk: "64 KiB", length: 65536 },
  { chunk: "1460 B", length: 1460 },
];

/** Views of the bytes: what a framer is handed it never writes to, so they serve again and again. */
export function cut(bytes: Uint8Array, length: number): Uint8Array[] {
  const chunks = [];
  for (let at = 0; at < bytes.length; at += length) chunks.push(bytes.subarray(at, at + length));
  return chunks;
}

/** What a viewer sends while somebody works: mostly the pointer, the odd paste. */
export function clientMix(messages: number): Uint8Array {
  const random = randomSource();
  return joined(Array.from({ length: messages }, () => encodeClientMessage(clientMessage(random))));
}

function clientMessage(random: (below: number) => number): ClientMessage {
  const lot = random(1000);
  if (lot < 680) return { type: "pointerEvent", buttonMask: random(4), x: random(1920), y: random(1080) };
  if (lot < 840) return { type: "keyEvent", downFlag: random(2), key: 0x20 + random(0x60) };
  if (lot < 995) return { type: "framebufferUpdateRequest", incremental: 1, x: 0, y: 0, width: 1920, height: 1080 };
  if (lot < 997) return { type: "setEncodings", encodingTypes: [7, 16, 5, 2, 1, 0, -223, -224, -239, -308, -307] };
  if (lot < 998) return { type: "setPixelFormat", pixelFormat: RGBX8888 };
  return { type: "clientCutText", text: new Uint8Array(random(400)).fill(0x61) };
}

/** Pastes of so many bytes each. */
export function cutTexts(messages: number, length: number): Uint8Array {
  const message = encodeClientMessage({ type: "clientCutText", text: new Uint8Array(length).fill(0x61) });
  return joined(Array.from({ length: messages }, () => message));
}

/** Updates of one Raw rectangle, the whole screen. */
export function rawScreens(updates: number): Uint8Array {
  const update = joined([
    encodeFramebufferUpdate({ type: "framebufferUpdate", numberOfRectangles: 1 }),
    raw(1920, 1080),
  ]);
  return joined(Array.from({ length: updates }, () => update));
}

/** Updates of a hundred small Raw rectangles, 4 to 32 pixels a side: 1.3 kB on average. */
export function rawRectangles(updates: number): Uint8Array {
  const random = randomSource();
  const update = (): Uint8Array[] => [
    encodeFramebufferUpdate({ type: "framebufferUpdate", numberOfRectangles: 100 }),
    ...Array.from({ length: 100 }, () => raw(4 + random(29), 4 + random(29))),
  ];
  return joined(Array.from({ length: updates }, update).flat());
}

function raw(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(RECTANGLE_LENGTH + width * height * 4).fill(0x7f);
  bytes.set(encodeRectangle({ type: "rectangle", x: 0, y: 0, width, height, encodingType: Encoding.Raw }));
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Whole numbers under `below`, always the same ones (the linear congruence of Numerical Recipes). */
function randomSource(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
