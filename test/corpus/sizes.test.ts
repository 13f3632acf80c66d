import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { recordingsIn } from "./check.ts";
import { lossOf, ratioOf, rowOf, sizesOf } from "./sizes.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/recordings", import.meta.url));
const PAGE = readFileSync(new URL("../../docs/encoders.md", import.meta.url), "utf8").split("\n");

const measured: string[] = [];

describe("our bytes for a recorded server's pixels are no more than 1.15 times its own, and say the same", () => {
  test.each(recordingsIn(FIXTURES))("%s", { timeout: 120_000 }, async (name) => {
    const sizes = await sizesOf(FIXTURES, name);
    for (const size of sizes) {
      expect(ratioOf(size), rowOf(size)).toBeLessThanOrEqual(1.15);
      expect(lossOf(size), rowOf(size)).toBeLessThanOrEqual(size.qualityLevel === undefined ? 0 : 4);
      measured.push(rowOf(size));
    }
    expect(PAGE.filter((line) => line.startsWith(`| ${name} |`))).toStrictEqual(sizes.map(rowOf));
  });

  test("of every encoding that recorded servers have sent", () => {
    const encodings = new Set(measured.map((row) => row.split(" | ")[2]));
    expect([...encodings].sort()).toStrictEqual(
      ["CoRRE", "Hextile", "RRE", "Tight", "TightPNG", "Ultra", "ZRLE", "ZYWRLE", "Zlib"].sort(),
    );
  });
});
