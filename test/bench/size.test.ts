import { expect, test } from "vitest";
import { BUNDLES, sizeOf } from "../../bench/size.ts";

test.each(BUNDLES)("$what is no larger than it was, gzipped: $limit kB", { timeout: 60_000 }, async (bundle) => {
  const { gzipped, inputs } = await sizeOf(bundle);
  expect(gzipped / 1000).toBeLessThan(bundle.limit);
  expect(gzipped / 1000).toBeGreaterThan(bundle.limit / 2);
  expect(
    inputs.filter((file) => /(^|\/)(node|deno|bun)[._]|^node:/.test(file.split("node_modules/")[0]!)),
  ).toStrictEqual([]);
});

test("a module of Node's cannot be bundled", async () => {
  const source = 'export * from "./transports/node.ts";';
  await expect(sizeOf({ what: "Node's", source, goal: 0, limit: 0 })).rejects.toThrow(/Could not resolve "node:/);
});
