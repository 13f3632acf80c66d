// What the user does, on its way to the server.

import type { RfbClient } from "rfb-codec/endpoints";

/** Sends without being waited for: that the connection is over is told where events are read. */
export interface Input {
  key(keysym: number, isDown: boolean, keycode: number): void;
  type(text: string): void;
  setClipboard(text: string): void;
  /** A pointer that moves faster than it can be sent skips places, never buttons. */
  pointer(x: number, y: number, buttonMask: number): void;
}

/** The input of a session. */
export function inputOf(client: RfbClient): Input {
  let last = 0; // buttons
  let isMoving = false;
  let next: { readonly x: number; readonly y: number } | undefined;
  const send = (sent: Promise<void>): void => {
    sent.catch(() => {});
  };

  async function move(x: number, y: number): Promise<void> {
    next = { x, y };
    if (isMoving) return;
    isMoving = true;
    try {
      while (next !== undefined) {
        const place = next;
        next = undefined;
        await client.pointer(place.x, place.y, last);
      }
    } finally {
      isMoving = false;
    }
  }

  return {
    key: (keysym, isDown, keycode) => send(client.key(keysym, isDown, keycode)),
    type: (text) => send(client.type(text)),
    setClipboard: (text) => send(client.setClipboard(text)),
    pointer(x, y, buttonMask) {
      if (buttonMask === last) {
        send(move(x, y));
      } else {
        next = undefined;
        last = buttonMask;
        send(client.pointer(x, y, buttonMask));
      }
    },
  };
}
