/**
 * What a browser's keyboard events are to a server: their keysyms, and QEMU's key codes.
 *
 * @module
 */

import { Keysym, keysymOf } from "./keysyms.ts";

/** What a `KeyboardEvent` says that a key means, UI Events §4.6. */
export interface KeyboardKey {
  /** A character, or a name such as `ArrowLeft`. */
  readonly key: string;
  /** 1 on the left, 2 on the right, 3 on the numeric keypad. */
  readonly location?: number;
}

/** The keysym of a `KeyboardEvent`; undefined where it means none: `Dead`, `Process`, names that X has no key for. */
export function keysymOfKey({ key, location = 0 }: KeyboardKey): number | undefined {
  const [standard, right, numpad] = KEYS.get(key) ?? [];
  if (location === RIGHT && right !== undefined) return right;
  if (location === NUMPAD && numpad !== undefined) return numpad;
  if (standard !== undefined) return standard;
  // One character is a character, even where that takes two of JavaScript's or an accent.
  return /^\P{Cc}\p{M}*$/u.test(key) ? keysymOf(key.normalize("NFC")) : undefined;
}

/** The `keycode` of QemuExtendedKeyEvent for a `KeyboardEvent`'s `code`: of the XT set, 0 where it is unknown. */
export function keycodeOf(code: string): number {
  return KEYCODES.get(code) ?? 0;
}

const RIGHT = 2;
const NUMPAD = 3;

type Keysyms = readonly [standard: number, right?: number | undefined, numpad?: number];

const KEYS: ReadonlyMap<string, Keysyms> = new Map<string, Keysyms>([
  ["Alt", [Keysym.AltLeft, Keysym.AltRight]],
  ["AltGraph", [0xfe03]],
  ["CapsLock", [Keysym.CapsLock]],
  ["Control", [Keysym.ControlLeft, Keysym.ControlRight]],
  // The key with the logo: X's Meta is another.
  ["Meta", [Keysym.SuperLeft, Keysym.SuperRight]],
  ["NumLock", [Keysym.NumLock]],
  ["ScrollLock", [0xff14]],
  ["Shift", [Keysym.ShiftLeft, Keysym.ShiftRight]],
  ["Enter", [Keysym.Return, undefined, 0xff8d]],
  ["Tab", [Keysym.Tab]],
  ["ArrowDown", [Keysym.Down, undefined, 0xff99]],
  ["ArrowLeft", [Keysym.Left, undefined, 0xff96]],
  ["ArrowRight", [Keysym.Right, undefined, 0xff98]],
  ["ArrowUp", [Keysym.Up, undefined, 0xff97]],
  ["End", [Keysym.End, undefined, 0xff9c]],
  ["Home", [Keysym.Home, undefined, 0xff95]],
  ["PageDown", [Keysym.PageDown, undefined, 0xff9b]],
  ["PageUp", [Keysym.PageUp, undefined, 0xff9a]],
  ["Backspace", [Keysym.BackSpace]],
  ["Clear", [0xff0b, undefined, 0xff9d]],
  ["Delete", [Keysym.Delete, undefined, 0xff9f]],
  ["Insert", [Keysym.Insert, undefined, 0xff9e]],
  ["ContextMenu", [Keysym.Menu]],
  ["Escape", [Keysym.Escape]],
  ["Help", [0xff6a]],
  ["Pause", [0xff13]],
  ["PrintScreen", [0xff61]],
  ["Convert", [0xff23]],
  ["NonConvert", [0xff22]],
  ["HangulMode", [0xff31]],
  ["HanjaMode", [0xff34]],
  ["Hiragana", [0xff25]],
  ["HiraganaKatakana", [0xff27]],
  ["Katakana", [0xff26]],
  ["ZenkakuHankaku", [0xff2a]],
  ["AudioVolumeDown", [0x1008ff11]],
  ["AudioVolumeMute", [0x1008ff12]],
  ["AudioVolumeUp", [0x1008ff13]],
  ...Array.from({ length: 24 }, (_, i): [string, Keysyms] => [`F${i + 1}`, [Keysym.F1 + i]]),
  ...Array.from("*+,-./0123456789=", (key): [string, Keysyms] => [
    key,
    // The keypad's characters are in ASCII's order.
    [keysymOf(key), undefined, 0xff80 + key.charCodeAt(0)],
  ]),
]);

/** In the order of their numbers, from 1 on. */
const FIRST = `
  Escape Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal Backspace
  Tab KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight Enter
  ControlLeft KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote
  ShiftLeft Backslash KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ShiftRight
  NumpadMultiply AltLeft Space CapsLock F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock
  Numpad7 Numpad8 Numpad9 NumpadSubtract Numpad4 Numpad5 Numpad6 NumpadAdd Numpad1 Numpad2 Numpad3 Numpad0 NumpadDecimal
  PrintScreen F16 IntlBackslash F11 F12 NumpadEqual`
  .trim()
  .split(/\s+/);

const KEYCODES: ReadonlyMap<string, number> = new Map([
  ...FIRST.map((code, i): [string, number] => [code, i + 1]),
  ...Object.entries({
    F13: 0x5d,
    F14: 0x5e,
    F15: 0x5f,
    KanaMode: 0x70,
    Lang2: 0x71,
    Lang1: 0x72,
    IntlRo: 0x73,
    Convert: 0x79,
    NonConvert: 0x7b,
    IntlYen: 0x7d,
    NumpadComma: 0x7e,
    // After 0xe0.
    NumpadEnter: 0x9c,
    ControlRight: 0x9d,
    AudioVolumeMute: 0xa0,
    AudioVolumeDown: 0xae,
    AudioVolumeUp: 0xb0,
    NumpadDivide: 0xb5,
    AltRight: 0xb8,
    Pause: 0xc6,
    Home: 0xc7,
    ArrowUp: 0xc8,
    PageUp: 0xc9,
    ArrowLeft: 0xcb,
    ArrowRight: 0xcd,
    End: 0xcf,
    ArrowDown: 0xd0,
    PageDown: 0xd1,
    Insert: 0xd2,
    Delete: 0xd3,
    MetaLeft: 0xdb,
    MetaRight: 0xdc,
    ContextMenu: 0xdd,
  }),
]);
