import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { libvncMissing } from "../../bench/c_program.ts";
import { GOALS, standings } from "../../bench/goals.ts";
import type { Result } from "../../bench/result.ts";
import { temporaryFolder } from "../peers/process.ts";
import { peer } from "../peers/programs.ts";

const MAIN = fileURLToPath(new URL("../../bench/main.ts", import.meta.url));
const RECORDINGS = fileURLToPath(new URL("../fixtures/recordings", import.meta.url));
const TIME_LIMIT = 120_000;

async function bench(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return promisify(execFile)(process.execPath, ["--import", "tsx", MAIN, "--quick", ...args], { maxBuffer: 2 ** 24 });
}

async function printed(filter: string, ...args: readonly string[]): Promise<Result> {
  return JSON.parse((await bench("--json", "--filter", filter, ...args)).stdout) as Result;
}

/** Numbers that are not finite would have become null. */
function row(what: string, stream: string, peer: string, unit: string, goal: number | null, chunk = "64 KiB"): unknown {
  const [ours, theirs, ratio, spread] = [1, 2, 3, 4].map(() => expect.any(Number));
  return { what, stream, chunk, peer, ours, theirs, unit, ratio, goal, spread };
}

test(
  "the bench prints rows that a machine can read",
  async () => {
    const { header, rows, leftOut, growth } = await printed("client");
    expect(header).toEqual({
      runtime: "node",
      versions: expect.objectContaining({
        "rfb-codec": expect.any(String),
        node: process.versions.node,
        noVNC: expect.stringMatching(/^\d/),
      }),
      cpu: expect.stringMatching(/\d cores$/),
      machine: expect.stringMatching(/\d GiB$/),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      quick: true,
    });
    const what = "client messages";
    expect(rows).toEqual(
      ["64 KiB", "1460 B"].map((chunk) => row(what, "client mix", "bare loop", "events/s", 0.4, chunk)),
    );
    expect([...leftOut, ...growth]).toEqual([]);
  },
  TIME_LIMIT,
);

test(
  "a quick run has a row for each goal, or a word on who was left out, and goals for all rows that have one",
  async () => {
    const { rows, leftOut, growth } = await printed("");
    const withGoal = rows.filter(({ goal }) => goal !== null);
    for (const row of withGoal)
      expect(
        GOALS.filter((goal) => goal.covers(row)),
        row.what,
      ).toHaveLength(1);

    const missing = standings(rows).filter(({ worst }) => worst === undefined);
    const missed = new Set(leftOut.map(({ peer }) => peer));
    const gone = missing.filter(({ goal }) => !rows.some((row) => goal.covers(row)));
    const excused: readonly (readonly [against: RegExp, peer: string])[] = [
      [/^Nova's proxy/, "Nova's proxy"],
      [/^websockify/, "websockify"],
      [/^libvncclient/, "libvncclient"],
      [/^libvncserver/, "libvncserver"],
    ];
    for (const { goal } of gone) {
      const peer = excused.find(([against]) => against.test(goal.against))?.[1];
      expect(missed, `${goal.what} against ${goal.against}`).toContain(peer);
    }

    const along = new Set(growth.map(({ along }) => along));
    expect([...along]).toEqual([
      "rectangles in an update",
      "framebuffer",
      "chunk",
      "message",
      "colours",
      "connections",
    ]);
    for (const { points } of growth) for (const { cost } of points) expect(cost).toBeGreaterThan(0);
  },
  3 * TIME_LIMIT,
);

test(
  "another runtime runs the same bench, and tells in what it cannot take part",
  async () => {
    const { header, rows } = await printed("client", "--runtime", "bun");
    expect(header.runtime).toBe("bun");
    expect(rows.map(({ what }) => what)).toEqual(["client messages", "client messages"]);
    const { leftOut } = await printed("memory", "--runtime=deno");
    expect(leftOut.map(({ what, why }) => `${what}: ${why}`)).toEqual(
      [1, 2].map(() => "proxy, memory: it is measured on Node, whose garbage can be collected on demand"),
    );
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
        row("ZRLE decoder", stream, "vnc-rfb-client", "Mpx/s", null, "whole"),
        ours("libvncclient", 1),
        ours("plain inflate", null),
        ours("memory copy", null),
      ]);
      expect(leftOut).toEqual([]);
    },
    TIME_LIMIT,
  );

  test(
    "16 bits a pixel are measured up to RGBA, and beside that up to libvncclient's own pixels; others are left out with a word",
    async () => {
      const stream = "x11vnc-none-v33";
      const { rows, leftOut } = await printed(stream);
      expect(rows).toEqual([
        row("CoRRE decoder", stream, "libvncclient", "Mpx/s", 1),
        row("CoRRE decoder", stream, "libvncclient, own pixels", "Mpx/s", null),
      ]);
      const what = "CoRRE decoder";
      expect(leftOut).toEqual([
        { what, stream, peer: "noVNC", why: "it decodes no pixel format but its own" },
        { what, stream, peer: "vnc-rfb-client", why: expect.stringMatching(/^it decodes no other pixels/) },
      ]);
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
        row(`${encoding} encoder`, stream, "libvncserver", "Mpx/s", 0.5, "whole");
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
