/**
 * Small programs in C around libraries in C: they take tasks, and keep their own time.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram, run, start, temporaryFolder, until } from "../test/peers/process.ts";

const HEADERS = "/usr/include/rfb";

/** What is missing for programs with libvncclient or libvncserver, if anything is. */
export function libvncMissing(): string | undefined {
  if (findProgram("gcc") === undefined) return "gcc is not installed";
  return existsSync(join(HEADERS, "rfbclient.h")) ? undefined : "its headers are not installed";
}

/** The version of both, where they are installed. */
export function libvncVersion(): string | undefined {
  const config = join(HEADERS, "rfbconfig.h");
  return existsSync(config) ? /_VERSION "(.+)"/.exec(readFileSync(config, "utf8"))?.[1] : undefined;
}

/** The version of what compiles them. */
export function compilerVersion(): string | undefined {
  if (findProgram("gcc") === undefined) return undefined;
  return spawnSync("gcc", ["-dumpfullversion"], { encoding: "utf8" }).stdout.trim();
}

export interface CProgram {
  /** The path of a file that is not there yet. */
  file(): string;
  start(args: readonly (string | number)[]): RunningProgram;
}

export interface RunningProgram {
  /** Gives it a task, and waits for the two numbers that it answers. */
  ask(task: string): Promise<readonly [number, number]>;
  stop(): Promise<void>;
}

/** Compiles the program of this name that lies here: once. */
export function compile(name: string, library: string): Promise<CProgram> {
  const program = compiled.get(name) ?? compileAnew(name, library);
  compiled.set(name, program);
  return program;
}

const compiled = new Map<string, Promise<CProgram>>();

async function compileAnew(name: string, library: string): Promise<CProgram> {
  const folder = temporaryFolder();
  const program = join(folder, name);
  const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
  const flags = ["-O2", "-Wall", "-Wextra", "-Werror"];
  await run("gcc", [...flags, "-o", program, source, `-l${library}`, "-lpthread"], { milliseconds: 60_000 });
  let files = 0;
  return {
    file: () => join(folder, `${files++}`),
    start(args) {
      const child = start(program, args.map(String), { input: { open: true } });
      let asked = 0;
      return {
        async ask(task) {
          const place = asked++;
          child.send(`${task}\n`);
          const line = await until(
            `${name} to answer`,
            () => {
              const lines = child.stdoutText().split("\n");
              if (lines.length > place + 1) return lines[place];
              if (child.ended() === undefined) return undefined;
              throw new Error(`Cannot go on: ${name} ended with ${child.ended()}: ${child.stderr()}`);
            },
            TIME_LIMIT,
          );
          const [one, other] = line.split(" ").map(Number);
          return [one!, other!];
        },
        stop: () => child.stop(),
      };
    },
  };
}

/** Milliseconds for a task, as the programs themselves have it. */
const TIME_LIMIT = 120_000;
