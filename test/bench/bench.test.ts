import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("../../bench/main.ts", import.meta.url));

test("the bench prints rows that a machine can read", async () => {
  const args = ["--import", "tsx", MAIN, "--quick", "--json", "--filter", "client"];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { header, rows } = JSON.parse(stdout) as { header: unknown; rows: unknown[] };

  expect(header).toEqual({
    runtime: "node",
    versions: expect.objectContaining({ "rfb-codec": expect.any(String), node: process.versions.node }),
    cpu: expect.stringMatching(/\d cores$/),
    date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    quick: true,
  });
  // Numbers that are not finite would have become null.
  const row = (chunk: string): unknown => ({
    what: "client messages",
    stream: "client mix",
    chunk,
    peer: "bare loop",
    ours: expect.any(Number),
    theirs: expect.any(Number),
    unit: "events/s",
    ratio: expect.any(Number),
    goal: 0.4,
    spread: expect.any(Number),
  });
  expect(rows).toEqual([row("64 KiB"), row("1460 B")]);
});
