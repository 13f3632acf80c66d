import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { libvncMissing } from "../../bench/c_program.ts";
import { temporaryFolder } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";

const MAIN = fileURLToPath(new URL("../../bench/main.ts", import.meta.url));
const RECORDINGS = fileURLToPath(new URL("../fixtures/recordings", import.meta.url));
const TIME_LIMIT = 120_000;

async function bench(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return promisify(execFile)(process.execPath, ["--import", "tsx", MAIN, "--quick", ...args]);
}

interface Printed {
  readonly header: unknown;
  readonly rows: readonly unknown[];
  readonly leftOut: readonly unknown[];
}

async function printed(filter: string, ...args: readonly string[]): Promise<Printed> {
  return JSON.parse((await bench("--json", "--filter", filter, ...args)).stdout) as Printed;
}

/** Numbers that are not finite would have become null. */
function row(what: string, stream: string, peer: string, unit: string, goal: number | null, chunk = "64 KiB"): unknown {
  const [ours, theirs, ratio, spread] = [1, 2, 3, 4].map(() => expect.any(Number));
  return { what, stream, chunk, peer, ours, theirs, unit, ratio, goal, spread };
}

test(
  "the bench prints rows that a machine can read",
  async () => {
    const { header, rows, leftOut } = await printed("client");
    expect(header).toEqual({
      runtime: "node",
      versions: expect.objectContaining({
        "rfb-codec": expect.any(String),
        node: process.versions.node,
        noVNC: expect.stringMatching(/^\d/),
      }),
      cpu: expect.stringMatching(/\d cores$/),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      quick: true,
    });
    const what = "client messages";
    expect(rows).toEqual(
      ["64 KiB", "1460 B"].map((chunk) => row(what, "client mix", "bare loop", "events/s", 0.4, chunk)),
    );
    expect(leftOut).toEqual([]);
  },
  TIME_LIMIT,
);

peer("the bench's programs in C", [libvncMissing], () => {
  test(
    "a recording has a row for each decoder that can draw it, and for what zlib and memory set as limits",
    async () => {
      const stream = "xtigervnc-smallrects-zrle";
      const { rows, leftOut } = await printed(stream);
      const ours = (peer: string, goal: number | null): unknown => row("ZRLE decoder", stream, peer, "Mpx/s", goal);
      expect(rows).toEqual([
        ours("noVNC", 3),
        row("ZRLE decoder, portable", stream, "noVNC", "Mpx/s", 1.5),
        ours("libvncclient", 1),
        ours("plain inflate", null),
        ours("memory copy", null),
      ]);
      expect(leftOut).toEqual([]);
    },
    TIME_LIMIT,
  );

  test(
    "16 bits a pixel are measured up to RGBA, and beside that up to libvncclient's own pixels; noVNC is left out with a word",
    async () => {
      const stream = "x11vnc-none-v33";
      const { rows, leftOut } = await printed(stream);
      expect(rows).toEqual([
        row("CoRRE decoder", stream, "libvncclient", "Mpx/s", 1),
        row("CoRRE decoder", stream, "libvncclient, own pixels", "Mpx/s", null),
      ]);
      const why = "it decodes no pixel format but its own";
      expect(leftOut).toEqual([{ what: "CoRRE decoder", stream, peer: "noVNC", why }]);
    },
    TIME_LIMIT,
  );

  test(
    "what nobody has recorded is drawn: moves, for all decoders",
    async () => {
      const { rows } = await printed("CopyRect decoder");
      const stream = "drawn 256x192";
      expect(rows).toEqual([
        row("CopyRect decoder", `${stream} 888`, "noVNC", "Mpx/s", 1.5),
        row("CopyRect decoder, portable", `${stream} 888`, "noVNC", "Mpx/s", 1.5),
        row("CopyRect decoder", `${stream} 888`, "libvncclient", "Mpx/s", 1),
        row("CopyRect decoder", `${stream} 565`, "libvncclient", "Mpx/s", 1),
        row("CopyRect decoder", `${stream} 565`, "libvncclient, own pixels", "Mpx/s", null),
      ]);
    },
    TIME_LIMIT,
  );

  test(
    "encoders run beside libvncserver's, where its bytes draw the same and ours are not many more",
    async () => {
      const { rows } = await printed("encoder");
      const encoder = (encoding: string, stream: string): unknown =>
        row(`${encoding} encoder`, stream, "libvncserver", "Mpx/s", null, "whole");
      expect(rows).toEqual(
        ["ZRLE", "Tight", "Hextile"].flatMap((encoding) =>
          ["888", "565"].map((depth) =>
            encoder(encoding, `drawn 256x192 ${depth}${encoding === "Hextile" ? "" : ", level 1"}`),
          ),
        ),
      );
    },
    TIME_LIMIT,
  );
});

describe("a recording that says otherwise than what comes of it", () => {
  test.each([
    [
      "xtigervnc-smallrects-hextile",
      "rgb_sha256",
      "0".repeat(64),
      /Wrong picture of \S+hextile by ours: its sha256 is/,
    ],
    ["xtigervnc-smallrects-hextile", "width", 321, /Wrong picture of \S+hextile by ours: it is 320x240, not 321x240/],
  ])(
    "ends the bench with status 1: %s, %s %s",
    async (name, key, value, message) => {
      const folder = temporaryFolder();
      cpSync(join(RECORDINGS, name), join(folder, name), { recursive: true });
      const file = join(folder, name, "meta.json");
      const meta = JSON.parse(readFileSync(file, "utf8")) as object;

      const args = ["--recordings", folder] as const;
      expect((await printed(name, ...args)).rows.length).toBeGreaterThan(0);
      writeFileSync(file, JSON.stringify({ ...meta, [key]: value }));
      await expect(printed(name, ...args)).rejects.toMatchObject({
        code: 1,
        stdout: "",
        stderr: expect.stringMatching(message),
      });
    },
    TIME_LIMIT,
  );
});
