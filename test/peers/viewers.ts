/**
 * Clients that others wrote, to be pointed at a server or at a proxy before one.
 *
 * @module
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { comparePictures, countColours, type Picture, parsePng, parseXwd } from "./picture.ts";
import { type Child, requireProgram, run, shellQuoted, start, temporaryFolder, until } from "./process.ts";
import type { Need } from "./programs.ts";
import { connectX, startScreen, type XWindow } from "./x11.ts";

/** What tests with `captureWithGvnccapture` need. */
export const GVNCCAPTURE: readonly Need[] = ["gvnccapture", "script"];
/** What tests with `viewWithVncviewer` need. */
export const VNCVIEWER: readonly Need[] = ["vncviewer", "Xvfb", "xwd", "vncpasswd"];
/** What tests with `viewWithGvncviewer` need. */
export const GVNCVIEWER: readonly Need[] = ["gvncviewer", "Xvfb", "xwd"];

/** The first picture that gtk-vnc has of a server. Its command line knows displays only: no port below 5900. */
export async function captureWithGvnccapture(
  host: string,
  port: number,
  password?: string,
  username?: string,
): Promise<Picture> {
  if (port < 5900) throw new RangeError(`gvnccapture cannot reach port ${port}`);
  const file = join(temporaryFolder(), "capture.png");
  const args = ["-q", `${host}:${port - 5900}`, file];
  if (password === undefined) await run("gvnccapture", args);
  else await captureAtTerminal([requireProgram("gvnccapture"), ...args], password, username);
  return parsePng(readFileSync(file));
}

/** It asks for the password at a terminal only, and what was typed before it asks is lost. */
async function captureAtTerminal(command: readonly string[], password: string, username?: string): Promise<void> {
  const child = start("script", ["-qec", command.map(shellQuoted).join(" "), "/dev/null"], { input: { open: true } });
  if (username !== undefined) {
    await child.waitForLog(/Username:/);
    child.send(`${username}\n`);
  }
  await child.waitForLog(/Password:/);
  child.send(`${password}\n`);
  const end = await until("gvnccapture to end", child.ended);
  if (end !== "status 0") throw new Error(`gvnccapture ended with ${end}: ${child.stdoutText()}`);
}

export interface ViewOptions {
  /** 127.0.0.1 when absent. */
  readonly host?: string;
  readonly port: number;
  /** The server's size. */
  readonly width: number;
  readonly height: number;
  /** TigerVNC's names; `None` when absent. */
  readonly securityTypes?: string;
  /** For the types that end in Vnc. */
  readonly password?: string;
  /** For the types that end in Plain. */
  readonly plain?: { readonly user: string; readonly password: string };
  /** The PEM file of the authority to trust, for the X509 types. */
  readonly ca?: string;
  /** Its own choice of pixel encoding; ZRLE when absent. */
  readonly encoding?: "Raw" | "RRE" | "Hextile" | "ZRLE" | "Tight";
  /** 0 to 9: lets the server send JPEG. Absent: without loss. */
  readonly qualityLevel?: number;
  /** Has it ask for 8 bits a pixel: 0 is 1 bit a channel, 1 is 2 bits, 2 is 3, 3 and 2. */
  readonly lowColourLevel?: 0 | 1 | 2;
}

/** What a viewer shows. */
export interface Shown {
  /** What it shows now. */
  dump(): Promise<Picture>;
  /** Resolves once it shows exactly this. */
  waitForPicture(expected: Picture): Promise<void>;
  log(): string;
  stop(): Promise<void>;
}

export interface Viewer extends Shown {
  /** What it shows once that is a picture and stands still. */
  picture(): Promise<Picture>;
  /** Presses a key of its keyboard, by keysym. */
  pressKey(keysym: number): Promise<void>;
  /** Moves its pointer to a place on the server's screen. */
  movePointer(x: number, y: number): Promise<void>;
  pressButton(button: number): Promise<void>;
}

/** TigerVNC's viewer, on a display of its own. */
export async function viewWithVncviewer(options: ViewOptions): Promise<Viewer> {
  const folder = temporaryFolder();
  // A window as large as its display would be shrunk, "to avoid accidental full screen".
  const { display, screen } = await startScreen(options.width + 100, options.height + 100);
  const args = ["-display", `:${display}`, "-SecurityTypes", options.securityTypes ?? "None"];
  // No dialogs, as nobody is there to answer; and the server keeps its size.
  args.push("-ReconnectOnError=0", "-AlertOnFatalError=0", "-RemoteResize=0", "-Shared=1");
  // A menu key would have it lay a hint over the picture, and a debug log a graph of the speed.
  args.push("-MenuKey=");
  const { qualityLevel, lowColourLevel } = options;
  args.push(
    ...(lowColourLevel === undefined ? ["-FullColor=1"] : ["-FullColor=0", `-LowColorLevel=${lowColourLevel}`]),
  );
  args.push(...(qualityLevel === undefined ? ["-NoJPEG=1"] : ["-NoJPEG=0", `-QualityLevel=${qualityLevel}`]));
  args.push("-AutoSelect=0", "-PreferredEncoding", options.encoding ?? "ZRLE");
  args.push("-geometry", `${options.width}x${options.height}+0+0`);
  if (options.password !== undefined) {
    const file = join(folder, "password");
    writeFileSync(file, await run("vncpasswd", ["-f"], { input: `${options.password}\n` }), { mode: 0o600 });
    args.push("-PasswordFile", file);
  }
  if (options.ca !== undefined) args.push("-X509CA", options.ca);
  // A home of its own: it reads and writes settings there.
  const viewer: Child = start("vncviewer", [...args, `${options.host ?? "127.0.0.1"}::${options.port}`], {
    env: {
      ...{ HOME: folder, LC_ALL: "C", DISPLAY: `:${display}` },
      ...(options.plain !== undefined && { VNC_USERNAME: options.plain.user, VNC_PASSWORD: options.plain.password }),
    },
  });
  const x = await connectX(display);
  /** Nobody manages windows there, so the viewer's is a child of the root; it has small ones besides. */
  const findWindow = (): Promise<XWindow> =>
    until("vncviewer to open its window", async () => {
      if (viewer.ended() !== undefined) throw new Error(`vncviewer ended with ${viewer.ended()}: ${viewer.stderr()}`);
      return (await x.windows()).find(({ width, height }) => width > 1 && height > 1);
    });
  const dump = async (): Promise<Picture> => {
    const { id } = await findWindow();
    return parseXwd(await run("xwd", ["-id", `${id}`, "-silent", "-nobdrs", "-display", `:${display}`]));
  };
  return {
    dump,
    async picture() {
      let last = await dump();
      return until(
        "vncviewer to show a still picture",
        async () => {
          const next = await dump();
          const still = countColours(next, 3) >= 3 && comparePictures(last, next).pixels === 0;
          last = next;
          return still ? next : undefined;
        },
        10_000,
        150,
      );
    },
    waitForPicture: (expected) => waitForPicture("vncviewer", dump, expected),
    async pressKey(keysym) {
      await x.focus((await findWindow()).id);
      await x.pressKey(keysym);
    },
    async movePointer(left, top) {
      const window = await findWindow();
      await x.movePointer(window.x + left, window.y + top);
    },
    pressButton: x.pressButton,
    log: () => viewer.stderr(),
    async stop() {
      x.close();
      await viewer.stop();
      await screen.stop();
    },
  };
}

/** gtk-vnc's viewer, on a display of its own. Its command line knows displays only: no port below 5900. */
export async function viewWithGvncviewer({ port, width, height }: ViewOptions): Promise<Shown> {
  if (port < 5900) throw new RangeError(`gvncviewer cannot reach port ${port}`);
  const { display, screen } = await startScreen(width + 100, height + 100);
  const viewer = start("gvncviewer", [`127.0.0.1:${port - 5900}`], {
    env: { HOME: temporaryFolder(), LC_ALL: "C", DISPLAY: `:${display}`, NO_AT_BRIDGE: "1" },
  });
  const x = await connectX(display);
  /** The picture is the lower part of the window, below the menu. */
  const dump = async (): Promise<Picture> => {
    const { id } = await until("gvncviewer to open its window", async () => {
      if (viewer.ended() !== undefined) throw new Error(`gvncviewer ended with ${viewer.ended()}: ${viewer.stderr()}`);
      return (await x.windows()).find((window) => window.width === width && window.height > height);
    });
    const whole = parseXwd(await run("xwd", ["-id", `${id}`, "-silent", "-nobdrs", "-display", `:${display}`]));
    return { width, height, rgb: whole.rgb.subarray(whole.rgb.length - 3 * width * height) };
  };
  return {
    dump,
    waitForPicture: (expected) => waitForPicture("gvncviewer", dump, expected),
    log: () => viewer.stderr(),
    async stop() {
      x.close();
      await viewer.stop();
      await screen.stop();
    },
  };
}

async function waitForPicture(viewer: string, dump: () => Promise<Picture>, expected: Picture): Promise<void> {
  let last = "";
  await until(`${viewer} to show the picture`, async () => {
    const { pixels, first } = comparePictures(expected, await dump());
    last = `${pixels} pixels differ: ${first}`;
    return pixels === 0 || undefined;
  }).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}; ${last}`);
  });
}
