import { expect, test } from "vitest";
import { start } from "./process.ts";
import { peer } from "./programs.ts";

peer("a program", ["sh"], () => {
  // x11vnc is one: its handler waits for a lock that it may hold itself.
  test("is ended though SIGTERM does not end it", async () => {
    const deaf = start("sh", ["-c", "trap '' TERM; echo up; while :; do sleep 1; done"]);
    await deaf.waitForLog(/^up$/m);
    await deaf.stop();
    expect(() => process.kill(deaf.pid, 0)).toThrow("ESRCH");
  });
});
