import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hex, hexOf } from "../codec/bytes.ts";
import { type Target, tried } from "./target.ts";

/** Where failures are kept: a folder for each target, a file for each input. */
export const SAVED: string = fileURLToPath(new URL("../fixtures/fuzz/", import.meta.url));

/** Keeps an input that went wrong, as `textOf({ found, input })`, and answers with its file. */
export function saveText(name: string, text: string): string {
  const file = join(SAVED, name, `${createHash("sha256").update(text).digest("hex").slice(0, 12)}.json`);
  mkdirSync(join(SAVED, name), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** The target's inputs that once went wrong, by file. */
export function saved(name: string): readonly (readonly [file: string, input: unknown])[] {
  const folder = join(SAVED, name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((file) => [file, inputOf(readFileSync(join(folder, file), "utf8"))]);
}

/** A smaller input that goes wrong in the same way, as far as a few seconds find one. */
export async function minimal(of: Target, input: unknown, error: unknown, milliseconds = 3000): Promise<unknown> {
  const wanted = kindOf(error);
  const until = performance.now() + milliseconds;
  let least = input;
  for (let found = true; found; ) {
    found = false;
    for (const candidate of smaller(least)) {
      if (performance.now() > until) return least;
      const outcome = await tried(of, candidate);
      if (typeof outcome === "string" || kindOf(outcome.error) !== wanted) continue;
      least = candidate;
      found = true;
      break;
    }
  }
  return least;
}

/** What tells one fault from another: what was thrown, numbers aside, and by which line. */
export function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const line = (error.stack ?? "")
    .split("\n")
    .find((each) => /\/(codec|compression|endpoints|auth|transports)\//.test(each));
  return `${error.name} ${error.message.replaceAll(/\d+/g, "#")} ${line?.trim() ?? ""}`;
}

/** The input as text. */
export function textOf(value: unknown): string {
  const text = JSON.stringify(value, (_key, each) => (each instanceof Uint8Array ? { $: hexOf(each) } : each), 1);
  return `${text.replaceAll(/\[[^[\]{}]*\]/g, (list) => list.replaceAll(/\s+/g, " "))}\n`;
}

function inputOf(text: string): unknown {
  const { input } = JSON.parse(text, (_key, each) =>
    typeof each === "object" && each !== null && typeof each.$ === "string" ? hex(each.$) : each,
  ) as { readonly input: unknown };
  return input;
}

/** Inputs with a little less in one place, the largest steps first. */
function* smaller(value: unknown): Generator<unknown> {
  if (value instanceof Uint8Array) {
    for (let step = value.length; step >= 1; step = Math.floor(step / 2)) {
      for (let at = 0; at + step <= value.length; at += step) {
        yield Uint8Array.from([...value.subarray(0, at), ...value.subarray(at + step)]);
      }
    }
    for (let at = 0; at < value.length; at++) if (value[at] !== 0) yield value.with(at, 0);
  } else if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) yield value.toSpliced(at, 1);
    for (let at = 0; at < value.length; at++) for (const less of smaller(value[at])) yield value.with(at, less);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      // A session and a format with less in them are none.
      if (key === "session" || key === "format") continue;
      for (const less of smaller(each)) yield { ...value, [key]: less };
    }
  } else if (typeof value === "number" && Number.isInteger(value) && value > 0) {
    yield 0;
    yield value >> 1;
    yield value - 1;
  }
}
