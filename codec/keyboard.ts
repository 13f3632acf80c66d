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

/**
 * The keysym of a `KeyboardEvent`; undefined where it means none: `Dead`, `Process`, names that are not in the table here,
 * and texts of several characters, be it a letter with an accent that Unicode has no one character for.
 */
export function keysymOfKey({ key, location = 0 }: KeyboardKey): number | undefined {
  const [standard, right, numpad] = KEYS.get(key) ?? [];
  if (location === RIGHT && right !== undefined) return right;
  if (location === NUMPAD && numpad !== undefined) return numpad;
  if (standard !== undefined) return standard;
  const character = key.normalize("NFC");
  // One code point, and no half of one.
  return /^[^\p{Cc}\p{Cs}]$/u.test(character) ? keysymOf(character) : undefined;
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
  ["Control", [Keysym.ControlLeft, Keysym.ControlRight]],
  // The key with the logo: X's Meta is another.
  ["Meta", [Keysym.SuperLeft, Keysym.SuperRight]],
  ["Shift", [Keysym.ShiftLeft, Keysym.ShiftRight]],
  ["Enter", [Keysym.Return, undefined, 0xff8d]],
  ["ArrowDown", [Keysym.Down, undefined, 0xff99]],
  ["ArrowLeft", [Keysym.Left, undefined, 0xff96]],
  ["ArrowRight", [Keysym.Right, undefined, 0xff98]],
  ["ArrowUp", [Keysym.Up, undefined, 0xff97]],
  ["End", [Keysym.End, undefined, 0xff9c]],
  ["Home", [Keysym.Home, undefined, 0xff95]],
  ["PageDown", [Keysym.PageDown, undefined, 0xff9b]],
  ["PageUp", [Keysym.PageUp, undefined, 0xff9a]],
  ["Clear", [0xff0b, undefined, 0xff9d]],
  ["Delete", [Keysym.Delete, undefined, 0xff9f]],
  ["Insert", [Keysym.Insert, undefined, 0xff9e]],
  ...Object.entries({
    AltGraph: 0xfe03,
    CapsLock: Keysym.CapsLock,
    NumLock: Keysym.NumLock,
    ScrollLock: 0xff14,
    Tab: Keysym.Tab,
    Backspace: Keysym.BackSpace,
    Redo: 0xff66,
    Undo: 0xff65,
    Cancel: 0xff69,
    ContextMenu: Keysym.Menu,
    Escape: Keysym.Escape,
    Execute: 0xff62,
    Find: 0xff68,
    Help: 0xff6a,
    Pause: 0xff13,
    Select: 0xff60,
    PrintScreen: 0xff61,
    AllCandidates: 0xff3d,
    Alphanumeric: 0xff30,
    CodeInput: 0xff37,
    Compose: 0xff20,
    Convert: 0xff23,
    ModeChange: 0xff7e,
    NonConvert: 0xff22,
    PreviousCandidate: 0xff3e,
    SingleCandidate: 0xff3c,
    HangulMode: 0xff31,
    HanjaMode: 0xff34,
    JunjaMode: 0xff38,
    Eisu: 0xff30,
    Hankaku: 0xff29,
    Hiragana: 0xff25,
    HiraganaKatakana: 0xff27,
    KanjiMode: 0xff21,
    Katakana: 0xff26,
    Romaji: 0xff24,
    Zenkaku: 0xff28,
    ZenkakuHankaku: 0xff2a,
  }).map(([key, keysym]): [string, Keysyms] => [key, [keysym]]),
  // Those of XF86keysym.h.
  ...Object.entries({
    BrightnessUp: 0x02,
    BrightnessDown: 0x03,
    Standby: 0x10,
    AudioVolumeDown: 0x11,
    AudioVolumeMute: 0x12,
    AudioVolumeUp: 0x13,
    MediaPlay: 0x14,
    MediaPlayPause: 0x14,
    MediaStop: 0x15,
    MediaTrackPrevious: 0x16,
    MediaTrackNext: 0x17,
    BrowserHome: 0x18,
    LaunchMail: 0x19,
    BrowserSearch: 0x1b,
    MediaRecord: 0x1c,
    LaunchApplication2: 0x1d, // the calculator
    LaunchCalendar: 0x20,
    PowerOff: 0x21,
    BrowserBack: 0x26,
    BrowserForward: 0x27,
    BrowserStop: 0x28,
    BrowserRefresh: 0x29,
    Power: 0x2a,
    WakeUp: 0x2b,
    Eject: 0x2c,
    LaunchScreenSaver: 0x2d,
    LaunchWebBrowser: 0x2e,
    BrowserFavorites: 0x30,
    MediaPause: 0x31,
    LaunchMediaPlayer: 0x32,
    LaunchApplication1: 0x33, // the machine's files
    MediaRewind: 0x3e,
    Close: 0x56,
    Copy: 0x57,
    Cut: 0x58,
    LaunchSpreadsheet: 0x5c,
    LogOff: 0x61,
    New: 0x68,
    Open: 0x6b,
    Paste: 0x6d,
    LaunchPhone: 0x6e,
    MailReply: 0x72,
    Save: 0x77,
    MailSend: 0x7b,
    SpellCheck: 0x7c,
    LaunchWordProcessor: 0x89,
    ZoomIn: 0x8b,
    ZoomOut: 0x8c,
    LaunchWebCam: 0x8f,
    MailForward: 0x90,
    LaunchMusicPlayer: 0x92,
    MediaFastForward: 0x97,
    Hibernate: 0xa8,
    MicrophoneVolumeMute: 0xb2,
  }).map(([key, low]): [string, Keysyms] => [key, [0x1008ff00 + low]]),
  ...Array.from({ length: 35 }, (_, i): [string, Keysyms] => [`F${i + 1}`, [Keysym.F1 + i]]),
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
