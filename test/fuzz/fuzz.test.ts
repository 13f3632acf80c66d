import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClientHandshake, createServerHandshake } from "../../codec/handshake/mod.ts";
import { NEW_SESSION } from "../../codec/session.ts";
import { countAllocations } from "./allocations.ts";
import { saved, textOf } from "./cases.ts";
import { randomOf } from "./random.ts";
import { runTarget } from "./run.ts";
import { seedsOf } from "./seeds.ts";
import { type Failure, tried } from "./target.ts";
import { TARGETS } from "./targets/mod.ts";

// A few cases of each; `npm run fuzz` tries millions.

const SEED = 1;
const USUAL = 600;

let undo: () => void;

beforeAll(() => {
  seedsOf();
  undo = countAllocations();
});
afterAll(() => undo());

describe.each(TARGETS.map((each) => [each.name, each] as const))("%s", (_name, of) => {
  test("comes to a value or an RfbError, whatever it is given", async () => {
    const failures: Failure[] = [];
    const failed = (failure: Failure): void => void failures.push(failure);
    const cases = of.usual ?? USUAL;
    const tally = await runTarget(of, { seed: SEED, first: 0, step: 1, cases, milliseconds: 0, failed });
    expect(failures.map(({ number, error, input }) => ({ number, error, input: textOf(input) }))).toStrictEqual([]);
    expect(Object.values(tally).reduce((sum, count) => sum + count, 0)).toBe(cases);
    // Inputs that are all refused at the first byte try nothing.
    expect(tally.value).toBeGreaterThan(0);
  });

  test.each(saved(of.name))("%s, which once went wrong, does no more", async (_file, input) => {
    expect(await tried(of, input)).toBeTypeOf("string");
  });
});

test("the same seed and number make the same case", () => {
  for (const of of TARGETS) {
    const [one, other] = [1, 1].map((seed) => textOf(of.make(randomOf(seed, of.name, 7))));
    expect(one).toBe(other);
  }
});

test("a failure is found, made smaller and told of once", async () => {
  const told: Failure[] = [];
  const tally = await runTarget(
    {
      name: "broken",
      make: (random) => ({ bytes: random.bytes(20) }),
      check(input) {
        if ((input as { bytes: Uint8Array }).bytes.some((byte) => byte > 200)) throw new TypeError("broken");
        return "value";
      },
    },
    { seed: SEED, first: 0, step: 1, cases: 50, milliseconds: 0, failed: (failure) => void told.push(failure) },
  );
  expect(tally.failure).toBeGreaterThan(20);
  expect(told).toHaveLength(1);
  const { bytes } = told[0]!.input as { readonly bytes: Uint8Array };
  expect(bytes).toHaveLength(1);
  expect(bytes[0]).toBeGreaterThan(200);
});

test("a session before its first byte is what a handshake begins with", () => {
  expect(createClientHandshake().session).toBe(NEW_SESSION);
  expect(createServerHandshake().session).toBe(NEW_SESSION);
});
