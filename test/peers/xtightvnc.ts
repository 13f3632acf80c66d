/**
 * TightVNC's X server, with a still picture on it.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { examplePicture, type Picture, parseXwd } from "./picture.ts";
import { freePort, run, start, temporaryFolder, until, waitForListener } from "./process.ts";
import type { Need } from "./programs.ts";
import { connectX } from "./x11.ts";

/** What tests with `startXtightvnc` need. */
export const XTIGHTVNC: readonly Need[] = ["Xtightvnc", "vncpasswd", "xwd"];

export interface Xtightvnc {
  readonly port: number;
  /** What is on the display, by way of X. */
  dump(): Promise<Picture>;
  stop(): Promise<void>;
}

/** Starts a server and returns once its picture is there. @param password None when absent */
export async function startXtightvnc(width: number, height: number, password?: string): Promise<Xtightvnc> {
  const file = join(temporaryFolder(), "password");
  if (password !== undefined) {
    writeFileSync(file, await run("vncpasswd", ["-f"], { input: `${password}\n` }), { mode: 0o600 });
  }
  for (let tries = 1; ; tries++) {
    // It looks for no free display itself.
    const display = 200 + Math.floor(Math.random() * 20_000);
    const port = await freePort();
    const server = start("Xtightvnc", [
      ...[`:${display}`, "-rfbport", `${port}`, "-localhost", "-nolisten", "tcp", "-geometry", `${width}x${height}`],
      ...["-depth", "24", "-alwaysshared", "-desktop", "peer"],
      ...(password === undefined ? [] : ["-rfbauth", file]),
    ]);
    await until("Xtightvnc to listen", async () => {
      if (server.ended() !== undefined) return true;
      return waitForListener(port, 100).then(
        () => true as const,
        () => undefined,
      );
    });
    if (server.ended() === undefined) {
      // Without a client of X that stays it starts anew, and the picture is gone.
      const x = await connectX(display);
      await x.paint(examplePicture(width, height));
      return {
        port,
        dump: async () => parseXwd(await run("xwd", ["-root", "-silent", "-display", `:${display}`])),
        async stop() {
          x.close();
          await server.stop();
        },
      };
    }
    if (tries === 5) throw new Error(`Xtightvnc ended with ${server.ended()}: ${server.stderr()}`);
  }
}
