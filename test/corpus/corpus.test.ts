import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
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
