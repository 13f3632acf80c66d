import { expect, test } from "vitest";
import { createKept } from "../../transports/node_kept.ts";

interface Options {
  readonly ca: string | readonly string[];
}

function counting() {
  let count = 0;
  const all: object[] = []; // else the collector might take them
  return createKept((_: Options) => {
    const made = { number: ++count };
    all.push(made);
    return made;
  });
}

test("what is kept is taken again by the value of its options, and only once", () => {
  const kept = counting();
  kept.keep(kept.take({ ca: "a" }));
  expect(kept.take({ ca: "b" }).number).toBe(2);
  expect(kept.take({ ca: "a" }).number).toBe(1);
  expect(kept.take({ ca: "a" }).number).toBe(3);
});

test("what was made of options that can be changed in place is made anew", () => {
  const kept = counting();
  const ca = ["a"];
  kept.keep(kept.take({ ca }));
  ca[0] = "b";
  expect(kept.take({ ca }).number).toBe(2);
});

test("the last eight are kept", () => {
  const kept = counting();
  for (const made of Array.from({ length: 9 }, (_, i) => kept.take({ ca: String(i) }))) kept.keep(made);
  expect(kept.take({ ca: "1" }).number).toBe(2);
  expect(kept.take({ ca: "0" }).number).toBe(10);
});
