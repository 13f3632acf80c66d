/**
 * Keysyms: the numbers that keys have in KeyEvent, those of the X Window System.
 *
 * @module
 */

/** Keys that write no character, RFC 6143 §7.5.4. */
export const Keysym = {
  BackSpace: 0xff08,
  Tab: 0xff09,
  Return: 0xff0d,
  Escape: 0xff1b,
  Home: 0xff50,
  Left: 0xff51,
  Up: 0xff52,
  Right: 0xff53,
  Down: 0xff54,
  PageUp: 0xff55,
  PageDown: 0xff56,
  End: 0xff57,
  Insert: 0xff63,
  Menu: 0xff67,
  NumLock: 0xff7f,
  F1: 0xffbe,
  F2: 0xffbf,
  F3: 0xffc0,
  F4: 0xffc1,
  F5: 0xffc2,
  F6: 0xffc3,
  F7: 0xffc4,
  F8: 0xffc5,
  F9: 0xffc6,
  F10: 0xffc7,
  F11: 0xffc8,
  F12: 0xffc9,
  ShiftLeft: 0xffe1,
  ShiftRight: 0xffe2,
  ControlLeft: 0xffe3,
  ControlRight: 0xffe4,
  CapsLock: 0xffe5,
  MetaLeft: 0xffe7,
  MetaRight: 0xffe8,
  AltLeft: 0xffe9,
  AltRight: 0xffea,
  SuperLeft: 0xffeb,
  SuperRight: 0xffec,
  Delete: 0xffff,
} as const;

/** The keysym that writes a character: Latin-1 as itself, all others as 0x01000000 and the code point. */
export function keysymOf(character: string): number {
  const point = character.codePointAt(0);
  if (point === undefined) throw new RangeError("Cannot tell the keysym of an empty text");
  const control = CONTROLS.get(point);
  if (control !== undefined) return control;
  return isLatin1(point) ? point : 0x01000000 + point;
}

/** The character that a keysym writes, or undefined. */
export function characterOf(keysym: number): string | undefined {
  if (isLatin1(keysym)) return String.fromCharCode(keysym);
  return keysym >= 0x01000000 && keysym <= 0x0110ffff ? String.fromCodePoint(keysym - 0x01000000) : undefined;
}

const CONTROLS: ReadonlyMap<number, number> = new Map([
  [0x08, Keysym.BackSpace],
  [0x09, Keysym.Tab],
  [0x0a, Keysym.Return],
  [0x0d, Keysym.Return],
  [0x1b, Keysym.Escape],
  [0x7f, Keysym.Delete],
]);

function isLatin1(point: number): boolean {
  return (point >= 0x20 && point <= 0x7e) || (point >= 0xa0 && point <= 0xff);
}
