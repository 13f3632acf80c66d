import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compiledKernels, TARGET } from "./compile.ts";

test("the kernels are compiled from the source beside them", async () => {
  expect(readFileSync(TARGET, "utf8")).toBe(await compiledKernels());
});
