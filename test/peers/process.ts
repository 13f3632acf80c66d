/**
 * Starts the programs that tests talk to, and sees that none outlives its test.
 *
 * Whatever is started here is stopped by `stopSince`, which `peer` calls when a group of tests ends
 * however it ended, and again as this process exits.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync, statSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import type { Readable } from "node:stream";

/** Names under which distributions install the same program, the surest first. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  Xtigervnc: ["Xtigervnc", "Xvnc"],
  vncpasswd: ["tigervncpasswd", "vncpasswd"],
  vncviewer: ["xtigervncviewer", "vncviewer"],
};

/** The path of a program on PATH or in the usual folders, or undefined. A path is itself. */
export function findProgram(name: string): string | undefined {
  if (isAbsolute(name)) return isExecutable(name) ? name : undefined;
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin", "/usr/sbin", "/bin"];
  for (const alias of ALIASES[name] ?? [name]) {
    for (const folder of folders) {
      const path = join(folder || ".", alias);
      if (isExecutable(path)) return path;
    }
  }
  return undefined;
}

/**
 * As `findProgram`, for a program that has to be there by now.
 *
 * @throws {Error} It is not installed.
 */
export function requireProgram(name: string): string {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`Cannot start ${name}: it is not installed`);
  return path;
}

export interface StartOptions {
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What its standard input holds; empty when absent. `open` leaves it to `send`. */
  readonly input?: string | { readonly open: true };
  /** Give it a pipe as descriptor 3 and collect what it writes there. */
  readonly pipe3?: boolean;
}

/** A running program and what it has said so far. */
export interface Child {
  readonly pid: number;
  stdout(): Uint8Array;
  stdoutText(): string;
  stderr(): string;
  /** Writes to its standard input, where `input` left that open. */
  send(text: string): void;
  /** What came through descriptor 3. */
  third(): string;
  /** The exit status or signal once it has ended. */
  ended(): string | undefined;
  readonly exited: Promise<string>;
  /** The first match in what it wrote to stderr or stdout, now or before the deadline. */
  waitForLog(pattern: RegExp, milliseconds?: number): Promise<RegExpExecArray>;
  /** Ends it by its own process id and waits until it is gone. May be called again. */
  stop(): Promise<void>;
}

/** Starts a program; a program that cannot be started rejects whatever waits for it. */
export function start(name: string, args: readonly string[], options: StartOptions = {}): Child {
  const [path, ...rest] = withParent(requireProgram(name), args);
  const child: ChildProcess = spawn(path!, rest, {
    env: { ...process.env, ...options.env },
    stdio: [
      options.input === undefined ? "ignore" : "pipe",
      "pipe",
      "pipe",
      options.pipe3 === true ? "pipe" : "ignore",
    ],
  });
  const [out, err, third] = [collect(child.stdout), collect(child.stderr), collect(child.stdio[3] as Readable | null)];
  let end: string | undefined;
  let isRunning = true;
  const exited = new Promise<string>((resolve) => {
    const finish = (how: string): void => {
      end ??= how;
      leave();
      resolve(end);
    };
    child.once("error", (error) => finish(error.message));
    child.once("exit", () => {
      isRunning = false;
    });
    // "close" and not "exit": all it wrote has been read by then.
    child.once("close", (code, signal) => finish(signal ?? `status ${code}`));
  });
  const leave = onLeaving({ stop: () => stop(), stopNow: kill });
  if (options.input !== undefined) {
    child.stdin?.on("error", () => {}); // it need not read all of it
    if (typeof options.input === "string") child.stdin?.end(options.input);
  }
  async function stop(): Promise<void> {
    if (end !== undefined) return;
    child.kill("SIGTERM");
    const timer = setTimeout(kill, 2000);
    await exited;
    clearTimeout(timer);
  }
  function kill(): void {
    if (!isRunning || child.pid === undefined) return;
    try {
      // Not child.kill: up to 2.9.6 Deno's passes one signal on and takes the program for gone.
      process.kill(child.pid, "SIGKILL");
    } catch {} // it went this moment
  }
  const self: Child = {
    pid: child.pid ?? 0,
    stdout: () => Buffer.concat(out),
    stdoutText: () => Buffer.concat(out).toString(),
    stderr: () => Buffer.concat(err).toString(),
    send: (text) => void child.stdin?.write(text),
    third: () => Buffer.concat(third).toString(),
    ended: () => end,
    exited,
    waitForLog: (pattern, milliseconds) =>
      until(
        `${name} to say ${pattern}`,
        () => {
          const match = pattern.exec(self.stderr()) ?? pattern.exec(self.stdoutText());
          if (match === null && end !== undefined) throw new Error(`${name} ended with ${end}: ${self.stderr()}`);
          return match ?? undefined;
        },
        milliseconds,
      ),
    stop,
  };
  return self;
}

/** Runs a program to its end. Throws unless its status is 0. */
export async function run(
  name: string,
  args: readonly string[],
  options: StartOptions & { readonly milliseconds?: number } = {},
): Promise<Uint8Array> {
  const child = start(name, args, options);
  const timer = setTimeout(() => void child.stop(), options.milliseconds ?? 10_000);
  const end = await child.exited;
  clearTimeout(timer);
  if (end !== "status 0")
    throw new Error(`${name} ended with ${end}: ${child.stderr()}${child.stdoutText().slice(0, 500)}`);
  return child.stdout();
}

/**
 * Asks again and again until there is an answer.
 *
 * @throws {Error} `what` did not come in time; or whatever `look` throws.
 */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  milliseconds = 10_000,
  pause = 10,
): Promise<T> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`Waited ${milliseconds} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/**
 * A TCP port on 127.0.0.1 that is free now: whoever binds it must still be ready to ask again.
 * It lies below the ephemeral range, so that no outgoing connection takes it in between.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await canListen(port)) return port;
  }
  throw new Error("Cannot find a free port between 20000 and 31999");
}

/** Resolves once something accepts connections on this port of 127.0.0.1, or on the socket with this path. */
export async function waitForListener(where: number | string, milliseconds?: number): Promise<void> {
  const accepts = (): Promise<true | undefined> =>
    new Promise((resolve) => {
      const socket = typeof where === "number" ? createConnection(where, "127.0.0.1") : createConnection(where);
      const end = (answer: true | undefined) => (): void => {
        socket.destroy();
        resolve(answer);
      };
      socket.once("connect", end(true)).once("error", end(undefined));
    });
  await until(`a listener on ${where}`, accepts, milliseconds);
}

/** A new empty folder that only this user may enter, removed when the tests end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "rfb-peers-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  onLeaving({ stop: async () => remove(), stopNow: remove });
  return folder;
}

/** One word for the shell. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Something to be undone: gently when tests end, at once when the process does. */
export interface Leaving {
  stop(): Promise<void>;
  stopNow(): void;
}

const leavings = new Set<Leaving>();
let watching = false;

/** Has something undone at the end of the tests. Returns how to forget it again. */
export function onLeaving(leaving: Leaving): () => void {
  if (!watching) {
    watching = true;
    process.once("exit", stopAllNow);
    // A signal ends a process without "exit".
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.once(signal, () => {
        stopAllNow();
        process.kill(process.pid, signal);
      });
    }
  }
  leavings.add(leaving);
  return () => leavings.delete(leaving);
}

/** What is started now, to be given to `stopSince`. */
export function startedUntilNow(): ReadonlySet<Leaving> {
  return new Set(leavings);
}

/** Stops what was started since, the latest first. */
export async function stopSince(before: ReadonlySet<Leaving> = new Set()): Promise<void> {
  for (const leaving of [...leavings].reverse()) {
    if (before.has(leaving)) continue;
    leavings.delete(leaving);
    await leaving.stop();
  }
}

function stopAllNow(): void {
  for (const leaving of [...leavings].reverse()) {
    leavings.delete(leaving);
    leaving.stopNow();
  }
}

/**
 * The kernel ends the program with us even when we are killed outright. Deno starts programs on
 * threads that come and go, and the signal comes when the thread ends.
 */
function withParent(path: string, args: readonly string[]): string[] {
  const setpriv = process.versions.deno === undefined ? findProgram("setpriv") : undefined;
  return setpriv === undefined ? [path, ...args] : [setpriv, "--pdeathsig", "KILL", path, ...args];
}

function collect(stream: Readable | null | undefined): Buffer[] {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream?.on("error", () => {}); // its exit tells
  return chunks;
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
