import { afterEach, describe, expect, test, vi } from "vitest";

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
    const surface = createSimdSurface(20, 10);
    expect(surface).toMatchObject({ width: 20, height: 10 });
    expect(surface.painter).toBeUndefined();
    expect(surface.pixels).toHaveLength(200);
  });
});

test("a picture without pixels takes no memory", async () => {
  const { createSimdSurface } = await import("../../simd/mod.ts");
  expect(createSimdSurface(0, 5).pixels).toHaveLength(0);
});

function refusing(): never {
  throw new RangeError("no");
}
