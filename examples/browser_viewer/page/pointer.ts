// Mice, pens and fingers.

import type { Input } from "./input.ts";
import type { Screen } from "./screen.ts";

/** Bits of a button mask. */
const LEFT = 1;
const MIDDLE = 2;
const RIGHT = 4;
const WHEEL_UP = 8;
const WHEEL_DOWN = 16;
const WHEEL_LEFT = 32;
const WHEEL_RIGHT = 64;
const BACK = 128;
const FORWARD = 256;

/** What a mouse or a pen does on the canvas, and what fingers do: see {@link createTouch}. */
export function sendPointer(canvas: HTMLCanvasElement, screen: Screen, input: Input, signal: AbortSignal): void {
  const wheel = createWheel(input);
  const touch = createTouch(input, wheel, screen);

  const take = (event: PointerEvent): void => {
    event.preventDefault(); // the keyboard's field stays what has the focus
    if (event.pointerType === "touch") touch.take(event);
    else takeMouse(event);
  };
  const takeMouse = ({ type, pointerId, clientX, clientY, buttons }: PointerEvent): void => {
    if (type === "pointerdown") canvas.setPointerCapture(pointerId);
    const { x, y } = screen.pixelAt(clientX, clientY);
    input.pointer(x, y, type === "pointercancel" ? 0 : maskOf(buttons));
  };
  for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel"] as const) {
    canvas.addEventListener(type, take, { signal });
  }
  for (const type of ["contextmenu", "mousedown"] as const) {
    canvas.addEventListener(type, (event) => event.preventDefault(), { signal });
  }
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const { x, y } = screen.pixelAt(event.clientX, event.clientY);
      const unit = [1, LINE, PAGE][event.deltaMode]!;
      wheel.turn(x, y, event.deltaX * unit, event.deltaY * unit, maskOf(event.buttons));
    },
    { signal, passive: false },
  );
}

/** `buttons` of a MouseEvent has another order. */
function maskOf(buttons: number): number {
  return [LEFT, RIGHT, MIDDLE, BACK, FORWARD].reduce((mask, bit, i) => (buttons & (1 << i) ? mask | bit : mask), 0);
}

interface Wheel {
  /** Turned so far, in pixels of a page that would scroll. */
  turn(x: number, y: number, across: number, down: number, buttonMask: number): void;
}

function createWheel(input: Input): Wheel {
  let across = 0;
  let down = 0;
  return {
    turn(x, y, moreAcross, moreDown, buttonMask) {
      across += moreAcross;
      down += moreDown;
      const click = (button: number): void => {
        input.pointer(x, y, buttonMask | button);
        input.pointer(x, y, buttonMask);
      };
      // A notch of a mouse is more than a step: what is left over is not worth another one.
      if (Math.abs(down) >= STEP) {
        click(down < 0 ? WHEEL_UP : WHEEL_DOWN);
        down = 0;
      }
      if (Math.abs(across) >= STEP) {
        click(across < 0 ? WHEEL_LEFT : WHEEL_RIGHT);
        across = 0;
      }
    },
  };
}

interface Finger {
  readonly startX: number;
  readonly startY: number;
  x: number;
  y: number;
}

/** A tap clicks, a finger that moves drags, one that rests clicks the right button, and two fingers scroll. */
function createTouch(input: Input, wheel: Wheel, screen: Screen): { take(event: PointerEvent): void } {
  const fingers = new Map<number, Finger>();
  let gesture: "none" | "waiting" | "drag" | "scroll" | "done" = "none";
  let resting: ReturnType<typeof setTimeout> | undefined;
  let tapped = { x: 0, y: 0, at: Number.NEGATIVE_INFINITY };

  function to(buttonMask: number, clientX: number, clientY: number): void {
    const { x, y } = screen.pixelAt(clientX, clientY);
    input.pointer(x, y, buttonMask);
  }

  function click(button: number, clientX: number, clientY: number): void {
    for (const buttonMask of [0, button, 0]) to(buttonMask, clientX, clientY);
  }

  function begin(id: number, x: number, y: number): void {
    fingers.set(id, { startX: x, startY: y, x, y });
    clearTimeout(resting);
    if (fingers.size === 1) {
      gesture = "waiting";
      resting = setTimeout(() => {
        gesture = "done";
        click(RIGHT, x, y);
      }, REST);
    } else if (gesture === "waiting") {
      gesture = "scroll";
    }
  }

  function move(finger: Finger, x: number, y: number): void {
    const { startX, startY } = finger;
    const [movedX, movedY] = [x - finger.x, y - finger.y];
    finger.x = x;
    finger.y = y;
    if (gesture === "waiting" && Math.hypot(x - startX, y - startY) > SLACK) {
      clearTimeout(resting);
      gesture = "drag";
      to(0, startX, startY);
      to(LEFT, startX, startY);
    }
    if (gesture === "drag") to(LEFT, x, y);
    else if (gesture === "scroll") {
      const first = fingers.values().next().value!;
      const place = screen.pixelAt(first.startX, first.startY);
      // Both fingers tell, and what is under them goes with them.
      wheel.turn(place.x, place.y, -movedX / 2, -movedY / 2, 0);
    }
  }

  function end(id: number, { startX, startY, x, y }: Finger, isCancelled: boolean): void {
    clearTimeout(resting);
    fingers.delete(id);
    if (gesture === "drag") to(0, x, y);
    else if (gesture === "waiting" && !isCancelled) tap(startX, startY);
    gesture = fingers.size === 0 ? "none" : "done";
  }

  // No finger finds the same pixel twice, as a double click must.
  function tap(x: number, y: number): void {
    const isSecond = performance.now() - tapped.at < DOUBLE && Math.hypot(x - tapped.x, y - tapped.y) < 3 * SLACK;
    const place = isSecond ? tapped : { x, y };
    tapped = { ...place, at: performance.now() };
    click(LEFT, place.x, place.y);
  }

  return {
    take({ type, pointerId, clientX, clientY }) {
      const finger = fingers.get(pointerId);
      if (type === "pointerdown") begin(pointerId, clientX, clientY);
      else if (finger === undefined) return;
      else if (type === "pointermove") move(finger, clientX, clientY);
      else end(pointerId, finger, type === "pointercancel");
    },
  };
}

/** A click of the wheel, in pixels. */
const STEP = 50;
/** What other units of a wheel are, in pixels. */
const LINE = 19;
const PAGE = 400;

/** How far a finger may stray that rests or taps, in pixels. */
const SLACK = 10;
/** How long a finger rests for the right button, and how long a second tap takes at most, in milliseconds. */
const REST = 600;
const DOUBLE = 500;
