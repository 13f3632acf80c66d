/**
 * TigerVNC's X server, with a still picture on it and an ear for input.
 *
 * @module
 */

import { accessSync, constants, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Arrivals, arrivalsFrom, type KeyArrival, type PointerArrival } from "./input.ts";
import { comparePictures, examplePicture, type Picture, parseXwd } from "./picture.ts";
import { type Child, freePort, onLeaving, run, shellQuoted, start, temporaryFolder, until } from "./process.ts";
import type { Need } from "./programs.ts";
import { connectX } from "./x11.ts";

/** What tests with `startXtigervnc` need. */
export const XTIGERVNC: readonly Need[] = ["Xtigervnc", "vncpasswd", "xwd", "xev"];

const PAM_FOLDER = "/etc/pam.d";

/** What tests that log in with a user name need besides. */
export const PLAIN_LOGIN: Need = () => {
  try {
    accessSync(PAM_FOLDER, constants.W_OK);
    return undefined;
  } catch {
    return `${PAM_FOLDER} is not ours to write to`;
  }
};

export interface XtigervncOptions {
  /** TigerVNC's names, the preferred first: `X509Plain,TLSVnc`. `None` when absent. */
  readonly securityTypes?: string;
  /** For VncAuth, TLSVnc and X509Vnc; 8 bytes of it count. */
  readonly password?: string;
  /** For Plain, TLSPlain and X509Plain: see `PLAIN_LOGIN`. */
  readonly plain?: { readonly user: string; readonly password: string };
  /** The folder that `makeCertificateFolder` wrote, for the X509 types. */
  readonly certificates?: string;
  /** A GnuTLS priority string, such as `NORMAL:-VERS-TLS1.3`. */
  readonly tlsPriority?: string;
  /** 640 by 480 when absent. */
  readonly width?: number;
  readonly height?: number;
  /** More arguments. */
  readonly args?: readonly string[];
}

/** A running server. The keys of its arrivals are keysym names: `a`, `Return`, `Shift_L`. */
export interface Xtigervnc extends Arrivals {
  readonly port: number;
  /** The X display's number. */
  readonly display: number;
  stop(): Promise<void>;
  /** What is on the display, by way of X. No pointer is drawn: nothing on this display has set one. */
  dump(): Promise<Picture>;
  /** Paints over what is there, for clients to be told of. */
  paint(picture: Picture, x?: number, y?: number): Promise<void>;
  /** What it wrote on stderr. */
  log(): string;
}

/**
 * Starts a server and returns once its picture is there.
 *
 * A Plain login goes through PAM, which reads its services from /etc/pam.d only. One file with a name
 * of our own is put there and taken away at the end; the user need not exist, as the file has PAM ask
 * a script in our own folder.
 */
export async function startXtigervnc(options: XtigervncOptions = {}): Promise<Xtigervnc> {
  const [width, height] = [options.width ?? 640, options.height ?? 480];
  const folder = temporaryFolder();
  const args: string[] = [];
  let dropPam = (): void => {};
  if (options.password !== undefined) {
    const file = join(folder, "password");
    writeFileSync(file, await run("vncpasswd", ["-f"], { input: `${options.password}\n` }), { mode: 0o600 });
    args.push("-PasswordFile", file);
  }
  if (options.certificates !== undefined) {
    args.push("-X509Cert", join(options.certificates, "server-cert.pem"));
    args.push("-X509Key", join(options.certificates, "server-key.pem"));
  }
  if (options.tlsPriority !== undefined) args.push("-GnuTLSPriority", options.tlsPriority);
  if (options.plain !== undefined) {
    const { user, password } = options.plain;
    const pam = makePamService(folder, user, password);
    dropPam = pam.drop;
    args.push("-PAMService", pam.service, "-PlainUsers", user);
  }
  const common = ["-geometry", `${width}x${height}`, "-depth", "24", "-SecurityTypes", options.securityTypes ?? "None"];
  const { child, port, display } = await listen([...common, ...args, ...(options.args ?? [])]);
  const running: Child[] = [child];
  const stop = async (): Promise<void> => {
    for (const one of running.splice(0).reverse()) await one.stop();
    dropPam();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const dump = async (): Promise<Picture> =>
      parseXwd(await run("xwd", ["-root", "-silent", "-display", `:${display}`]));
    const paint = async (picture: Picture, x?: number, y?: number): Promise<void> => {
      const connection = await connectX(display);
      await connection.paint(picture, x, y);
      connection.close();
    };
    const ear = start("xev", ["-root", "-display", `:${display}`, "-event", "keyboard", "-event", "mouse"]);
    running.push(ear);
    const picture = examplePicture(width, height);
    await paint(picture);
    await until("xev to listen", async () => {
      const connection = await connectX(display);
      const events = await connection.rootEvents();
      connection.close();
      if (ear.ended() !== undefined) throw new Error(`xev ended with ${ear.ended()}: ${ear.stderr()}`);
      return (events & KEY_AND_POINTER) === KEY_AND_POINTER || undefined;
    });
    const { pixels, first } = comparePictures(picture, await dump());
    if (pixels > 0) throw new Error(`The display shows ${pixels} wrong pixels: ${first}`);
    return {
      ...arrivalsFrom(() => readEvents(ear.stdoutText())),
      port,
      display,
      stop,
      dump,
      paint,
      log: () => child.stderr(),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** KeyPress, KeyRelease, ButtonPress, ButtonRelease and PointerMotion. */
const KEY_AND_POINTER = 0x4f;

/** Starts the server on a port that stays free until it has it. */
async function listen(args: readonly string[]): Promise<{ child: Child; port: number; display: number }> {
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    const child = start(
      "Xtigervnc",
      [
        // The server takes the first free display itself and says which, so that no two can meet.
        ...["-displayfd", "3", "-rfbport", `${port}`, "-interface", "127.0.0.1", "-UseIPv6=0"],
        // Without -noreset the first X client that leaves takes the picture with it.
        ...["-noreset", "-nolisten", "tcp", "-s", "0", "-dpms"],
        // All tests come from one address, so failed logins of one would shut out the others.
        ...["-AlwaysShared", "-UseBlacklist=0", "-desktop", "peer"],
        ...args,
      ],
      { pipe3: true },
    );
    const display = await until("Xtigervnc to take a display", () => {
      if (child.ended() !== undefined) return -1;
      return /^\d+\n/.test(child.third()) ? Number(child.third()) : undefined;
    });
    if (display >= 0) return { child, port, display };
    if (tries === 5 || !/in use|already running/i.test(child.stderr())) {
      throw new Error(`Xtigervnc ended with ${child.ended()}: ${child.stderr()}`);
    }
  }
}

let pamServices = 0;

function makePamService(folder: string, user: string, password: string): { service: string; drop(): void } {
  const script = join(folder, "login");
  const secret = join(folder, "login-secret");
  writeFileSync(secret, password, { mode: 0o600 });
  // PAM hands the password over with a NUL after it.
  const lines = [
    "#!/bin/sh",
    `[ "$PAM_USER" = ${shellQuoted(user)} ] && tr -d '\\000' | cmp -s - ${shellQuoted(secret)}`,
  ];
  writeFileSync(script, `${lines.join("\n")}\n`, { mode: 0o700 });
  const service = `rfb-codec-test-${process.pid}-${pamServices++}`;
  const file = join(PAM_FOLDER, service);
  const drop = (): void => rmSync(file, { force: true });
  onLeaving({ stop: async () => drop(), stopNow: drop });
  writeFileSync(file, `auth required pam_exec.so expose_authtok quiet ${script}\naccount required pam_permit.so\n`);
  return { service, drop };
}

/** What xev prints: a paragraph an event. */
function readEvents(log: string): { keys: KeyArrival[]; pointers: PointerArrival[] } {
  const keys: KeyArrival[] = [];
  const pointers: PointerArrival[] = [];
  for (const event of log.split("\n\n")) {
    const kind = /^\s*(KeyPress|KeyRelease|ButtonPress|ButtonRelease|MotionNotify) event/.exec(event)?.[1];
    if (kind === undefined) continue;
    const key = /keycode \d+ \(keysym 0x[0-9a-f]+, ([^)]+)\)/.exec(event)?.[1];
    if (key !== undefined) keys.push({ key, down: kind === "KeyPress" });
    const [, x, y] = /root:\((-?\d+),(-?\d+)\)/.exec(event) ?? [];
    const state = /state 0x([0-9a-f]+)/.exec(event)?.[1];
    if (key !== undefined || x === undefined || y === undefined || state === undefined) continue;
    // The state is that before the event.
    const before = (Number.parseInt(state, 16) >> 8) & 0x1f;
    const bit = 1 << (Number(/button (\d+)/.exec(event)?.[1] ?? 1) - 1);
    const buttonMask = kind === "ButtonPress" ? before | bit : kind === "ButtonRelease" ? before & ~bit : before;
    pointers.push({ x: Number(x), y: Number(y), buttonMask });
  }
  return { keys, pointers };
}
