import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readRecording } from "../../cli/replay.ts";
import { createFramebuffer } from "../../codec/framebuffer.ts";
import { RGBX8888 } from "../../codec/pixel_format.ts";
import type { Surface } from "../../codec/pixels.ts";
import { NEW_SESSION } from "../../codec/session.ts";
import { portableCompression } from "../../compression/mod.ts";
import { replay } from "../../endpoints/mod.ts";
import { createSimdSurface } from "../../simd/mod.ts";

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

function refusing(): never {
  throw new RangeError("no");
}
