import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Keysym, keycodeOf, keysymOfKey } from "../../codec/mod.ts";

// noVNC's tables, of which its package exports none.
const NOVNC = new URL("../../node_modules/@novnc/novnc/core/input/", import.meta.url);
const load = async (name: string): Promise<Record<string, never>> =>
  (await import(/* @vite-ignore */ fileURLToPath(new URL(name, NOVNC)))).default;

describe("keysymOfKey", () => {
  test.each([
    ["a", 0, 0x61],
    ["A", 0, 0x41],
    ["é", 0, 0xe9],
    ["e\u0301", 0, 0xe9],
    ["€", 0, 0x010020ac],
    ["🐈", 0, 0x0101f408],
    [" ", 0, 0x20],
    ["Shift", 1, Keysym.ShiftLeft],
    ["Shift", 2, Keysym.ShiftRight],
    ["Delete", 0, Keysym.Delete],
    ["Delete", 3, 0xff9f],
    ["5", 0, 0x35],
    ["5", 3, 0xffb5],
    ["F24", 0, 0xffd5],
    ["F35", 0, 0xffe0],
    ["\u0301", 0, 0x01000301],
    ["a\u0323\u0302", 0, 0x01001ead], // two marks, and one character for all of it
    ["Compose", 0, 0xff20],
    ["Undo", 0, 0xff65],
    ["BrowserBack", 0, 0x1008ff26],
    ["MediaPlayPause", 0, 0x1008ff14],
    ["MicrophoneVolumeMute", 0, 0x1008ffb2],
  ])("%j at %d is a key of X's", (key, location, keysym) => {
    expect(keysymOfKey({ key, location })).toBe(keysym);
  });

  test.each([
    "Dead",
    "Process",
    "Unidentified",
    "",
    "ab",
    "\u0007",
    "x\u0301",
    "e\u0301\u0323\u0324",
    "\ud800",
    "\udc08",
  ])("%j is none", (key) => {
    expect(keysymOfKey({ key })).toBeUndefined();
  });

  test("says what noVNC says, wherever it says something", async () => {
    const theirs = (await load("domkeytable.js")) as unknown as Record<string, readonly number[]>;
    const named = Object.keys(theirs).filter((key) => keysymOfKey({ key }) !== undefined);
    expect(named.length).toBeGreaterThan(140);
    for (const key of named) {
      const ours = [0, 1, 2, 3].map((location) => keysymOfKey({ key, location }));
      // X has a space of the keypad that no keypad has.
      if (key !== " ") expect(ours, key).toEqual(theirs[key]);
    }
  });
});

describe("keycodeOf", () => {
  test("says what noVNC says, wherever it says something", async () => {
    const theirs = (await load("xtscancodes.js")) as unknown as Record<string, number>;
    const named = Object.keys(theirs).filter((code) => keycodeOf(code) !== 0);
    expect(named.length).toBeGreaterThan(110);
    for (const code of named) {
      const scancode = theirs[code]!;
      expect(keycodeOf(code), code).toBe(scancode > 0xff ? (scancode & 0x7f) | 0x80 : scancode);
    }
  });

  test("knows nothing of codes that no keyboard has", () => {
    expect([keycodeOf(""), keycodeOf("Unidentified")]).toEqual([0, 0]);
  });
});
