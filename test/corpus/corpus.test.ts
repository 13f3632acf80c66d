import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readRecording, reportOf } from "../../cli/replay.ts";
import { checkRecording, recordingsIn } from "./check.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/recordings", import.meta.url));

test("the fixtures have recordings of four servers, and of every kind", () => {
  const names = recordingsIn(FIXTURES);
  expect(names.length).toBeGreaterThan(80);
  for (const server of ["qemu-", "x11vnc-", "xtigervnc-", "xtightvnc-"]) {
    expect(names.some((name) => name.startsWith(server))).toBe(true);
  }
});

describe("a connection that was recorded comes out as it was, whatever pieces it comes in", () => {
  test.each(recordingsIn(FIXTURES))("%s", async (name) => {
    const { faults } = await checkRecording(FIXTURES, name, [undefined, 1460, 1]);
    expect(faults).toStrictEqual([]);
  });
});

describe("a server's stream that lacks its last byte is not taken for whole", () => {
  const pictures = recordingsIn(FIXTURES).filter((name) => {
    const { kind } = JSON.parse(readFileSync(join(FIXTURES, name, "meta.json"), "utf8")) as { kind: string };
    return kind === "pixels" && !name.includes("continuous"); // these end in a message of one byte
  });
  test.each(pictures)("%s", async (name) => {
    const recording = readRecording(join(FIXTURES, name));
    const { report } = await reportOf({ ...recording, server: recording.server.subarray(0, -1) }, undefined);
    expect(report).toMatchObject({ ok: false, error: { code: "truncated" } });
  });
});
