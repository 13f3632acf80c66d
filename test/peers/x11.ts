/**
 * The few requests of the X protocol that tests make themselves: painting the root window in more
 * than xsetroot's two colours (a window over it would take the input), and pressing keys.
 *
 * @module
 */

import { createConnection } from "node:net";
import type { Picture } from "./picture.ts";
import { type Child, start, until } from "./process.ts";

export interface XWindow {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A connection to a display of this machine that asks for no authorization. */
export interface XConnection {
  readonly width: number;
  readonly height: number;
  /** Paints on the root window, which keeps it. */
  paint(picture: Picture, x?: number, y?: number): Promise<void>;
  /** The mask of the events of the root window that some client listens to. */
  rootEvents(): Promise<number>;
  /** The root window's children, mapped or not. */
  windows(): Promise<XWindow[]>;
  /** Has a window get the keys, as a window manager would. */
  focus(window: number): Promise<void>;
  /** Presses and releases a key that the keyboard has without a modifier, by its keysym. */
  pressKey(keysym: number): Promise<void>;
  movePointer(x: number, y: number): Promise<void>;
  /** Presses and releases a button: 1 is the left one. */
  pressButton(button: number): Promise<void>;
  /** Owns the CLIPBOARD from here on, and hands this text to whoever asks. */
  copy(text: string): Promise<void>;
  /** What the owner of the CLIPBOARD hands over; undefined where there is none. */
  paste(): Promise<string | undefined>;
  close(): void;
}

/** An X display that nobody looks at, without a window manager. */
export async function startScreen(width: number, height: number): Promise<{ display: number; screen: Child }> {
  const size = `${width}x${height}x24`;
  const screen = start("Xvfb", ["-displayfd", "3", "-screen", "0", size, "-noreset", "-nolisten", "tcp"], {
    pipe3: true,
  });
  const display = await until("Xvfb to take a display", () => {
    if (screen.ended() !== undefined) throw new Error(`Xvfb ended with ${screen.ended()}: ${screen.stderr()}`);
    return /^\d+\n/.test(screen.third()) ? Number(screen.third()) : undefined;
  });
  return { display, screen };
}

/** Connects to `:display` through its socket in /tmp/.X11-unix. */
export async function connectX(display: number): Promise<XConnection> {
  const socket = createConnection(`/tmp/.X11-unix/X${display}`);
  let held: Buffer = Buffer.alloc(0);
  let setUp = false;
  let takeEvent: ((event: Buffer) => void) | undefined;
  let failure: Error | undefined;
  const waiting: { resolve(reply: Buffer): void; reject(error: Error): void }[] = [];
  const fail = (error: Error): void => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  socket.on("error", fail);
  socket.on("close", () => fail(new Error(`The display :${display} closed the connection`)));
  socket.on("data", (chunk) => {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      if (held.length < (setUp ? 32 : 8)) return;
      const size = setUp ? (held[0] === 1 ? 32 + 4 * held.readUInt32LE(4) : 32) : 8 + 4 * held.readUInt16LE(6);
      if (held.length < size) return;
      const packet = held.subarray(0, size);
      held = held.subarray(size);
      if (packet[0] === 1) {
        setUp = true;
        waiting.shift()?.resolve(packet);
      } else if (packet[0] === 0) {
        fail(new Error(setUp ? `X error ${packet[1]} of request ${packet[10]}` : `The display :${display} refuses`));
      } else {
        takeEvent?.(packet);
      }
    }
  });
  const ask = (request: Buffer): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) return reject(failure);
      waiting.push({ resolve, reject });
      socket.write(request);
    });
  /** A request with a reply, to know that those before it were carried out. */
  const sync = (): Promise<Buffer> => ask(request(GET_INPUT_FOCUS, 0));

  const hello = Buffer.alloc(12);
  hello[0] = 0x6c; // "l": little-endian
  hello.writeUInt16LE(11, 2);
  const info = await ask(hello);
  const idBase = info.readUInt32LE(12);
  const screen = 40 + ((info.readUInt16LE(24) + 3) & ~3) + 8 * info[29]!;
  const [firstKey, lastKey] = [info[34]!, info[35]!];
  const root = info.readUInt32LE(screen);
  const [width, height, depth] = [info.readUInt16LE(screen + 20), info.readUInt16LE(screen + 22), info[screen + 38]!];
  let testOpcode: number | undefined;

  /** A window that is never seen, as selections are owned by windows and handed to them. */
  let selectionWindow: number | undefined;
  let copied = "";
  let answered: ((property: number) => void) | undefined;
  const atoms = new Map<string, number>();
  const atomOf = async (name: string): Promise<number> => {
    const padded = Buffer.alloc((name.length + 3) & ~3);
    padded.write(name);
    const atom = atoms.get(name) ?? (await ask(request(INTERN_ATOM, 0, u16s(name.length, 0), padded))).readUInt32LE(8);
    atoms.set(name, atom);
    return atom;
  };
  const makeSelectionWindow = async (): Promise<number> => {
    for (const name of ["CLIPBOARD", "TARGETS", "UTF8_STRING", "STRING", "ATOM", "PASTED"]) await atomOf(name);
    takeEvent = (event) => {
      if (event[0] === SELECTION_REQUEST) handOver(event);
      else if ((event[0]! & 0x7f) === SELECTION_NOTIFY) answered?.(event.readUInt32LE(20));
    };
    if (selectionWindow === undefined) {
      selectionWindow = idBase + 1;
      socket.write(request(CREATE_WINDOW, 0, u32s(selectionWindow, root), u16s(0, 0, 1, 1, 0, INPUT_ONLY), u32s(0, 0)));
    }
    return selectionWindow;
  };
  const handOver = (asked: Buffer): void => {
    const [time, requestor, selection, target] = [4, 12, 16, 20].map((at) => asked.readUInt32LE(at)) as number[];
    const property = asked.readUInt32LE(24) || target!;
    const known = ["TARGETS", "UTF8_STRING", "STRING"].map((name) => atoms.get(name)!);
    const isList = target === known[0];
    const isKnown = known.includes(target!);
    if (isKnown) {
      const data = isList ? u32s(...known) : Buffer.from(copied, target === known[1] ? "utf8" : "latin1");
      const padded = Buffer.concat([data, Buffer.alloc(-data.length & 3)]);
      const [type, bits] = isList ? [atoms.get("ATOM")!, 32] : [target!, 8];
      const head = u32s(requestor!, property, type, bits, data.length / (bits / 8));
      socket.write(request(CHANGE_PROPERTY, 0, head, padded));
    }
    const notice = u32s(SELECTION_NOTIFY, time!, requestor!, selection!, target!, isKnown ? property : 0, 0, 0);
    socket.write(request(SEND_EVENT, 0, u32s(requestor!, 0), notice));
  };

  /** XTEST's FakeInput: kind 2 and 3 a key, 4 and 5 a button, 6 a movement. */
  const fake = async (kind: number, detail: number, x = 0, y = 0): Promise<void> => {
    if (testOpcode === undefined) {
      const name = Buffer.from("XTEST\0\0\0");
      const reply = await ask(request(QUERY_EXTENSION, 0, u16s(5, 0), name));
      if (reply[8] !== 1) throw new Error(`The display :${display} has no XTEST`);
      testOpcode = reply[9]!;
    }
    const body = Buffer.alloc(32);
    body[0] = kind;
    body[1] = detail;
    body.writeUInt32LE(root, 8);
    body.writeInt16LE(x, 20);
    body.writeInt16LE(y, 22);
    socket.write(request(testOpcode, FAKE_INPUT, body));
    await sync();
  };

  return {
    width,
    height,
    async paint(picture, x = 0, y = 0) {
      const gc = idBase;
      socket.write(request(CREATE_GC, 0, u32s(gc, root, 0)));
      // A request's length has 16 bits and counts words.
      const rows = Math.max(1, Math.floor(200_000 / (4 * picture.width)));
      for (let top = 0; top < picture.height; top += rows) {
        const band = Math.min(rows, picture.height - top);
        const pixels = Buffer.alloc(4 * picture.width * band);
        for (let i = 0; i < picture.width * band; i++) {
          const from = 3 * (top * picture.width + i);
          pixels[4 * i] = picture.rgb[from + 2]!;
          pixels[4 * i + 1] = picture.rgb[from + 1]!;
          pixels[4 * i + 2] = picture.rgb[from]!;
        }
        const place = u16s(picture.width, band, x, y + top);
        socket.write(request(PUT_IMAGE, 2, u32s(root, gc), place, Buffer.from([0, depth, 0, 0]), pixels));
      }
      socket.write(request(FREE_GC, 0, u32s(gc)));
      await sync();
    },
    rootEvents: async () => (await ask(request(GET_WINDOW_ATTRIBUTES, 0, u32s(root)))).readUInt32LE(32),
    async windows() {
      const tree = await ask(request(QUERY_TREE, 0, u32s(root)));
      const windows: XWindow[] = [];
      for (let i = 0; i < tree.readUInt16LE(16); i++) {
        const id = tree.readUInt32LE(32 + 4 * i);
        const place = await ask(request(GET_GEOMETRY, 0, u32s(id)));
        const [left, top] = [place.readInt16LE(12), place.readInt16LE(14)];
        windows.push({ id, x: left, y: top, width: place.readUInt16LE(16), height: place.readUInt16LE(18) });
      }
      return windows;
    },
    async focus(window) {
      socket.write(request(SET_INPUT_FOCUS, 1, u32s(window, 0)));
      await sync();
    },
    async pressKey(keysym) {
      const count = lastKey - firstKey + 1;
      const map = await ask(request(GET_KEYBOARD_MAPPING, 0, Buffer.from([firstKey, count, 0, 0])));
      const perKey = map[1]!;
      let keycode = firstKey;
      while (keycode <= lastKey && map.readUInt32LE(32 + 4 * perKey * (keycode - firstKey)) !== keysym) keycode++;
      if (keycode > lastKey) throw new RangeError(`No key for keysym ${keysym}`);
      await fake(2, keycode);
      await fake(3, keycode);
    },
    movePointer: (x, y) => fake(6, 0, x, y),
    async pressButton(button) {
      await fake(4, button);
      await fake(5, button);
    },
    async copy(text) {
      const window = await makeSelectionWindow();
      copied = text;
      socket.write(request(SET_SELECTION_OWNER, 0, u32s(window, await atomOf("CLIPBOARD"), 0)));
      await sync();
    },
    async paste() {
      const window = await makeSelectionWindow();
      const [selection, target, into] = [atoms.get("CLIPBOARD")!, atoms.get("UTF8_STRING")!, atoms.get("PASTED")!];
      const answer = new Promise<number>((resolve) => {
        answered = resolve;
      });
      socket.write(request(CONVERT_SELECTION, 0, u32s(window, selection, target, into, 0)));
      if ((await answer) === 0) return undefined;
      const reply = await ask(request(GET_PROPERTY, 1, u32s(window, into, 0, 0, 1 << 20)));
      return reply.subarray(32, 32 + reply.readUInt32LE(16)).toString("utf8");
    },
    close: () => socket.destroy(),
  };
}

const CREATE_WINDOW = 1;
const GET_WINDOW_ATTRIBUTES = 3;
const GET_GEOMETRY = 14;
const QUERY_TREE = 15;
const INTERN_ATOM = 16;
const CHANGE_PROPERTY = 18;
const GET_PROPERTY = 20;
const SET_SELECTION_OWNER = 22;
const CONVERT_SELECTION = 24;
const SEND_EVENT = 25;
const SET_INPUT_FOCUS = 42;
const GET_INPUT_FOCUS = 43;
const CREATE_GC = 55;
const FREE_GC = 60;
const PUT_IMAGE = 72;
const QUERY_EXTENSION = 98;
const GET_KEYBOARD_MAPPING = 101;
const FAKE_INPUT = 2;
/** Events. */
const SELECTION_REQUEST = 30;
const SELECTION_NOTIFY = 31;
const INPUT_ONLY = 2;

function request(opcode: number, data: number, ...parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat([Buffer.from([opcode, data, 0, 0]), ...parts]);
  bytes.writeUInt16LE(bytes.length / 4, 2);
  return bytes;
}

function u16s(...values: readonly number[]): Buffer {
  return Buffer.from(Uint16Array.from(values).buffer);
}

function u32s(...values: readonly number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer);
}
