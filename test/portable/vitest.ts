/**
 * What our tests use of vitest, for hosts that are no Node: the bundle for them has this module in its place.
 *
 * @module
 */

import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from "@vitest/expect";
import { fn, restoreAllMocks, spyOn } from "@vitest/spy";

/** What came of the tests of a file. */
export interface Report {
  readonly passed: number;
  /** By their names, which say why. */
  readonly skipped: readonly string[];
  /** Each with what went wrong. */
  readonly failed: readonly string[];
}

type Work = (...args: never[]) => unknown;

interface Test {
  readonly name: string;
  readonly run: Work;
}

interface Suite {
  readonly name: string;
  readonly parent: Suite | undefined;
  readonly children: (Test | Suite)[];
  readonly hooks: Record<"beforeAll" | "afterAll" | "beforeEach" | "afterEach", Work[]>;
}

let suite = createSuite("", undefined);
let skipped: string[] = [];

/** Runs the tests that a module declares when it is imported, one after the other. */
export async function runFile(load: () => Promise<unknown>): Promise<Report> {
  suite = createSuite("", undefined);
  skipped = [];
  await load();
  const outcome = { passed: 0, failed: [] as string[] };
  await runSuite(suite, outcome);
  return { ...outcome, skipped };
}

async function runSuite(of: Suite, outcome: { passed: number; failed: string[] }): Promise<void> {
  await collecting(nameOf(of), outcome.failed, () => runAll(of.hooks.beforeAll));
  for (const child of of.children) {
    if ("children" in child) {
      await runSuite(child, outcome);
      continue;
    }
    const before = outcome.failed.length;
    await collecting(`${nameOf(of)}${child.name}`, outcome.failed, async () => {
      for (const { hooks } of pathTo(of)) await runAll(hooks.beforeEach);
      try {
        await child.run();
      } finally {
        for (const { hooks } of pathTo(of).reverse()) await runAll(hooks.afterEach);
      }
    });
    if (outcome.failed.length === before) outcome.passed += 1;
  }
  await collecting(nameOf(of), outcome.failed, () => runAll(of.hooks.afterAll));
}

async function collecting(name: string, failed: string[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function runAll(works: readonly Work[]): Promise<void> {
  for (const work of works) await work();
}

/** The suites around what is in `of`, from without. */
function pathTo(of: Suite | undefined): Suite[] {
  return of === undefined ? [] : [...pathTo(of.parent), of];
}

function nameOf(of: Suite): string {
  return pathTo(of)
    .map(({ name }) => (name === "" ? "" : `${name} > `))
    .join("");
}

function createSuite(name: string, parent: Suite | undefined): Suite {
  return { name, parent, children: [], hooks: { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] } };
}

/** `test(name, work)`, or with options or a time in between or behind: who hangs here hangs the run. */
type Declare = (name: string, ...rest: readonly unknown[]) => void;

interface Declaring extends Declare {
  readonly each: (cases: readonly unknown[]) => Declare;
  readonly skipIf: (condition: unknown) => Declaring;
}

function declaring(declare: (name: string, work: Work) => void): Declaring {
  const one: Declare = (name, ...rest) => declare(name, workOf(rest));
  const each =
    (cases: readonly unknown[], to: Declare) =>
    (name: string, ...rest: readonly unknown[]) => {
      for (const [i, values] of cases.entries()) {
        const args = (Array.isArray(values) ? values : [values]) as never[];
        to(`${name} [${i}]`, () => workOf(rest)(...args));
      }
    };
  // With all that is in a group.
  const skip: Declare = (name) => skipped.push(nameOf(suite) + name);
  const skipping: Declaring = Object.assign(skip.bind(undefined), {
    each: (cases: readonly unknown[]) => each(cases, skip),
    skipIf: (): Declaring => skipping,
  });
  const self: Declaring = Object.assign(one, {
    each: (cases: readonly unknown[]) => each(cases, one),
    skipIf: (condition: unknown): Declaring => (condition ? skipping : self),
  });
  return self;
}

function workOf(rest: readonly unknown[]): Work {
  return rest.find((value) => typeof value === "function") as Work;
}

export const test: Declaring = declaring((name, run) => suite.children.push({ name, run }));
export const it: Declaring = test;
export const describe: Declaring = declaring((name, body) => {
  const inner = createSuite(name, suite);
  suite.children.push(inner);
  suite = inner;
  try {
    body();
  } finally {
    suite = inner.parent!;
  }
});

export const beforeAll = (work: Work): unknown => suite.hooks.beforeAll.push(work);
export const afterAll = (work: Work): unknown => suite.hooks.afterAll.push(work);
export const beforeEach = (work: Work): unknown => suite.hooks.beforeEach.push(work);
export const afterEach = (work: Work): unknown => suite.hooks.afterEach.push(work);

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
export const expect: Chai.ExpectStatic = chai.expect;

const stubbed = new Map<string, unknown>();

export const vi = {
  fn,
  spyOn,
  restoreAllMocks,
  stubGlobal(name: string, value: unknown): void {
    const globals = globalThis as Record<string, unknown>;
    if (!stubbed.has(name)) stubbed.set(name, globals[name]);
    globals[name] = value;
  },
  unstubAllGlobals(): void {
    for (const [name, value] of stubbed) (globalThis as Record<string, unknown>)[name] = value;
    stubbed.clear();
  },
};
