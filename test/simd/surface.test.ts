import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readRecording } from "../../cli/replay.ts";
import { createFramebuffer } from "../../codec/framebuffer.ts";
import { RGBX8888 } from "../../codec/pixel_format.ts";
import type { Surface } from "../../codec/pixels.ts";
import { NEW_SESSION } from "../../codec/session.ts";
import { createSurface } from "../../codec/surfaces.ts";
import { portableCompression } from "../../compression/mod.ts";
import { replay } from "../../endpoints/mod.ts";
import { createSimdSurface } from "../../simd/mod.ts";
import { runs } from "../codec/runs.ts";

const { Module, Memory, Instance } = WebAssembly;

afterEach(() => vi.unstubAllGlobals());

describe("Where there is no WebAssembly to be had, the surface is a plain one", () => {
  test.each([
    ["it may not be compiled", { Module: refusing, Memory, Instance }],
    ["there is no room", { Module, Memory: refusing, Instance }],
    ["there is none", undefined],
  ])("%s", async (_, webAssembly) => {
    vi.resetModules();
    vi.stubGlobal("WebAssembly", webAssembly);
    const { createSimdSurface } = await import("../../simd/mod.ts");
    const surface = createSimdSurface(200, 100);
    expect(surface).toMatchObject({ width: 200, height: 100 });
    expect(surface.painter).toBeUndefined();
    expect(surface.pixels).toHaveLength(20_000);
  });
});

describe("createSimdSurface", () => {
  test.each([
    [0, 5],
    [1, 1],
    [127, 128],
  ])("gives plain surfaces of %d x %d: a server may change its size for 12 bytes", (width, height) => {
    const surface = createSimdSurface(width, height);
    expect(surface.painter).toBeUndefined();
    expect(surface.pixels).toHaveLength(width * height);
  });

  test("is asked for a surface of each size, and what was drawn is on the next one too", () => {
    const made: Surface[] = [];
    const createSurface = (width: number, height: number): Surface => {
      made.push(createSimdSurface(width, height));
      return made.at(-1)!;
    };
    const framebuffer = createFramebuffer({ createSurface });
    const session = { ...NEW_SESSION, phase: "normal", pixelFormat: RGBX8888 } as const;
    framebuffer.apply({ type: "bell" }, { ...session, framebufferWidth: 200, framebufferHeight: 100 });
    framebuffer.pixels.fill(0xff112233);
    framebuffer.apply({ type: "bell" }, { ...session, framebufferWidth: 150, framebufferHeight: 120 });
    expect(framebuffer.pixels).toBe(made[1]!.pixels);
    expect(made.map(({ width, height, painter }) => [width, height, painter !== undefined])).toEqual([
      [200, 100, true],
      [150, 120, true],
    ]);
    expect(framebuffer.pixels.findIndex((pixel) => pixel !== 0xff112233)).toBe(150 * 100);
  });

  test("draws the next size in the memory of the one before, where it fits", () => {
    const first = createSimdSurface(600, 400);
    const larger = createSimdSurface(620, 560, first);
    const farSmaller = createSimdSurface(150, 110, larger);
    expect([first, larger, farSmaller].every(({ painter }) => painter !== undefined)).toBe(true);
    expect(larger.pixels.buffer).toBe(first.pixels.buffer);
    expect(farSmaller.pixels.buffer).not.toBe(first.pixels.buffer);
    expect(createSimdSurface(1000, 400, first).pixels.buffer).not.toBe(first.pixels.buffer);
    expect(createSimdSurface(600, 400).pixels.buffer).not.toBe(first.pixels.buffer);
    expect(createSimdSurface(300, 200, createSurface(300, 200)).painter).toBeDefined();
  });

  test("shows the same behind any changes of the size as plain surfaces do", () => {
    const size = fc.record({ width: fc.integer({ min: 0, max: 400 }), height: fc.integer({ min: 100, max: 300 }) });
    const session = { ...NEW_SESSION, phase: "normal", pixelFormat: RGBX8888 } as const;
    fc.assert(
      fc.property(fc.array(fc.record({ size, isDrawn: fc.boolean() }), { maxLength: 9 }), (steps) => {
        const framebuffers = [createSimdSurface, createSurface].map((createSurface) =>
          createFramebuffer({ createSurface }),
        );
        for (const [i, { size, isDrawn }] of steps.entries()) {
          for (const framebuffer of framebuffers) {
            const { width: framebufferWidth, height: framebufferHeight } = size;
            framebuffer.apply({ type: "bell" }, { ...session, framebufferWidth, framebufferHeight });
            if (isDrawn) framebuffer.draw(20 * i, 10 * i, picture(400, 250, i));
          }
        }
        const [painted, plain] = framebuffers.map(({ pixels }) => pixels);
        expect(painted!.length).toBe(plain!.length);
        expect(painted!.findIndex((pixel, i) => pixel !== plain![i])).toBe(-1);
      }),
      runs(100),
    );
  });

  test("makes what a recording is played back on", async () => {
    const made: Surface[] = [];
    const recording = readRecording(
      fileURLToPath(new URL("../fixtures/recordings/qemu-zrle-rgb101010le", import.meta.url)),
    );
    const { framebuffer } = replay(recording, {
      compression: await portableCompression({ jpegModule: false }),
      createSurface(width, height) {
        made.push(createSimdSurface(width, height));
        return made.at(-1)!;
      },
    });
    expect(framebuffer.pixels).toBe(made[0]!.pixels);
    expect(made[0]!.painter).toBeDefined();
  });
});

function picture(width: number, height: number, seed: number): Surface {
  const pixels = new Uint32Array(width * height).map((_, i) => Math.imul(i + seed, 2654435761));
  return { width, height, pixels };
}

function refusing(): never {
  throw new RangeError("no");
}
