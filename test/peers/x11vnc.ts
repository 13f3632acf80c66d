/**
 * x11vnc, a server by way of libvncserver, on an X display with a still picture.
 *
 * @module
 */

import { examplePicture, type Picture, parseXwd } from "./picture.ts";
import { type Child, freePort, run, start } from "./process.ts";
import type { Need } from "./programs.ts";
import { connectX, startScreen, type XConnection } from "./x11.ts";

/** What tests with `startX11vnc` need. */
export const X11VNC: readonly Need[] = ["x11vnc", "Xvfb", "xwd"];

export interface X11vnc {
  readonly port: number;
  /** The X display. */
  readonly x: XConnection;
  /** What is on the display, by way of X. */
  dump(): Promise<Picture>;
  /** What it says of itself, and of each clipboard that it takes. */
  waitForLog: Child["waitForLog"];
  stop(): Promise<void>;
}

/**
 * Starts a server and returns once it listens. Nothing but its client changes the picture.
 *
 * @param security its arguments for that: none when absent
 * @param env added to its environment
 */
export async function startX11vnc(
  width = 640,
  height = 480,
  security: readonly string[] = ["-nopw"],
  env: Readonly<Record<string, string>> = {},
): Promise<X11vnc> {
  const { display, screen } = await startScreen(width, height);
  const x = await connectX(display);
  await x.paint(examplePicture(width, height));
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    const args = [
      ...["-display", `:${display}`, "-rfbport", `${port}`, "-localhost", "-noipv6", "-norc", "-debug_sel"],
      ...security,
      // Nothing of its own on the picture, and no waiting for what might come.
      ...["-forever", "-shared", "-nowf", "-nowcr", "-noxdamage", "-wait", "5", "-defer", "5"],
    ];
    const server = start("x11vnc", args, { env });
    // With TLS it listens twice, so that asking would tell nothing; and each connection takes it two seconds.
    await server.waitForLog(/^PORT=\d+$/m).catch((error: unknown) => {
      if (server.ended() === undefined) throw error;
    });
    if (server.ended() === undefined) {
      return {
        port,
        x,
        waitForLog: server.waitForLog,
        dump: async () => parseXwd(await run("xwd", ["-root", "-silent", "-display", `:${display}`])),
        async stop() {
          await server.stop();
          x.close();
          await screen.stop();
        },
      };
    }
    if (tries === 5) throw new Error(`x11vnc ended with ${server.ended()}: ${server.stderr()}`);
  }
}
