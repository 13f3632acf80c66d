import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { createServerFramer, Encoding } from "../../codec/mod.ts";
import { hex } from "../codec/bytes.ts";
import { NORMAL, rectangleHead, update } from "../codec/streams.ts";
import type { Measured } from "./measured.ts";

const MEASURED = fileURLToPath(new URL("measured.ts", import.meta.url));

/** Bytes above idle that any claim may take, on top of pixels that were drawn. */
const MOST = 16 * 2 ** 20;

/** What one pixel of the largest framebuffer takes of addresses, though hardly of memory: its pages are there once written to. */
const LARGEST = 4 * 2 ** 26;

/** All streams, fed to one end in pieces of so many bytes. */
async function measured(kind: string, piece: number): Promise<Measured[]> {
  // Without a bound of its own, the heap's youngest part alone may grow by 32 MB before it is looked through.
  const args = ["--expose-gc", "--max-semi-space-size=1", "--import", import.meta.resolve("tsx"), MEASURED];
  // After it has freed a large piece, glibc keeps such pieces, as many megabytes as the largest of them.
  const env = { ...process.env, MALLOC_MMAP_THRESHOLD_: String(2 ** 17) };
  const { stdout } = await promisify(execFile)(process.execPath, [...args, kind, String(piece)], {
    env,
    maxBuffer: 2 ** 24,
  });
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Measured);
}

describe.each([
  ["framebuffer", 400],
  ["client", 150],
  ["handshake", 8],
  ["client framer", 25],
  ["server handshake", 4],
] as const)("whatever hostile streams claim, of a %s", (kind, fewest) => {
  test.each([65536, 1])("in pieces of %d bytes, it stays within 16 MB of idle", { timeout: 300_000 }, async (piece) => {
    const rows = await measured(kind, piece);
    expect(rows.length).toBeGreaterThanOrEqual(fewest);
    for (const { name, isRefused, code, fed, rss, heap, arrays } of rows) {
      // A refusal whose reason is too long is a refusal first.
      if (isRefused) expect(code, name).toMatch(/^(limit|malformed|unknownType|authentication)$/);
      expect(fed, name).toBeGreaterThan(2 ** 16);
      const pixels = name.startsWith("a pixel in the last corner") ? LARGEST : 0;
      expect(arrays - pixels, `typed arrays, ${name}`).toBeLessThan(MOST);
      expect(heap, `heap, ${name}`).toBeLessThan(MOST);
      expect(rss, `resident memory, ${name}`).toBeLessThan(MOST);
    }
  });
});

test("a framer does not hold a chunk that others have followed", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const framer = createServerFramer();
  const BELL = hex("02");
  const push = (chunk: Uint8Array): WeakRef<Uint8Array> => {
    framer.push(chunk);
    while (framer.next(NORMAL) !== undefined);
    return new WeakRef(chunk);
  };
  const spent = push(update(1, rectangleHead(0, 0, 4, 2, Encoding.Raw), hex("0102030405060708"), BELL));
  push(BELL);
  await new Promise((resolve) => setTimeout(resolve)); // up to here a weak reference is a strong one
  collect();
  expect(spent.deref()).toBeUndefined();
});
