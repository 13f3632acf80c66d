// Real servers' pictures, taken by Bun.

import { expect } from "vitest";
import { describeX509, takenFrom } from "../deno/x509.ts";
import { startBun } from "./run.ts";

describeX509("Bun", async (options) => {
  const child = startBun(["test/deno/client.ts", "bun", JSON.stringify(options)]);
  const end = await child.exited;
  expect({ end, stderr: child.stderr() }).toEqual({ end: "status 0", stderr: "" });
  return takenFrom(child.stdoutText());
});
