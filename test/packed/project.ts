/**
 * An empty project with the package, and how programs are run in it.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What is wrong with the package, and what to do about it. */
export class Fault extends Error {}

/** Where everything is, by absolute paths. */
export interface Project {
  readonly temporary: string;
  /** A stranger's project. */
  readonly folder: string;
  /** What they installed. */
  readonly tarball: string;
}

export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

/** The package's own description. */
export const MANIFEST: {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly devDependencies: Readonly<Record<string, string>>;
} = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));

const PROGRAMS = fileURLToPath(new URL("programs", import.meta.url));
const DESCRIPTION = { private: true, type: "module", imports: { "#deno": "./deno_elsewhere.js" } };
const PATIENCE = 180_000; // milliseconds, on a busy machine

/** Packs the checkout, which builds it. */
export async function packed(): Promise<Project> {
  const temporary = mkdtempSync(join(tmpdir(), `${MANIFEST.name}-packed-`));
  const folder = join(temporary, "project");
  mkdirSync(folder);
  await run("npm", ["pack", "--pack-destination", temporary], { cwd: ROOT, hint: "Mend the build: npm run build" });
  return { temporary, folder, tarball: join(temporary, `${MANIFEST.name}-${MANIFEST.version}.tgz`) };
}

/** What linters say of the package. */
export async function lint({ tarball }: Project): Promise<void> {
  const hint = "Mend package.json's exports, or what the build makes";
  await run(tool("publint"), ["--strict", tarball], { cwd: ROOT, hint });
  await run(tool("attw"), [tarball, "--profile", "esm-only"], { cwd: ROOT, hint });
}

/** Puts the package and the programs into the empty project. */
export async function install({ folder, tarball }: Project): Promise<void> {
  writeFileSync(join(folder, "package.json"), JSON.stringify(DESCRIPTION));
  await npmInstall(folder, "--omit=dev", tarball);
  for (const name of readdirSync(PROGRAMS)) cpSync(join(PROGRAMS, name), join(folder, name));
}

export async function npmInstall(folder: string, ...packages: readonly string[]): Promise<void> {
  const hint = "See whether the registry can be reached, and whether package.json names what is there";
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...packages];
  await run("npm", args, { cwd: folder, hint });
}

/** A program of this checkout's. */
export function tool(name: string): string {
  return `${ROOT}node_modules/.bin/${name}`;
}

/** Deno: itself, if it has been put in its place by now, for what starts it would leave it behind. */
export const DENO: string = [`${ROOT}node_modules/deno/deno`, tool("deno")].find(existsSync) ?? tool("deno");

export interface RunOptions {
  readonly cwd: string;
  /** What to do if it fails. */
  readonly hint: string;
  /** It may write nothing to stderr. */
  readonly silent?: boolean;
}

/** Runs a program to its end, and answers with all that it wrote. @throws {Fault} it failed, took longer than three minutes, or spoke where it should not */
export function run(command: string, args: readonly string[], { cwd, hint, silent }: RunOptions): Promise<string> {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
  return new Promise((resolve, reject) => {
    execFile(
      command,
      args,
      { cwd, env, timeout: PATIENCE, killSignal: "SIGKILL", maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        if (error === null && !(silent === true && stderr !== "")) return resolve(stdout + stderr);
        const how =
          error === null
            ? "It wrote to stderr"
            : error.killed === true
              ? "It took longer than three minutes"
              : `Status ${error.code}`;
        reject(new Fault(`$ cd ${cwd} && ${[command, ...args].join(" ")}\n${stdout}${stderr}${how}. ${hint}`));
      },
    );
  });
}
