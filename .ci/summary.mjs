// Says how the run went, last line last: "N passed, M failed". Takes vitest's JSON report and the exit status so far.

import { readFileSync } from "node:fs";

const [file, status] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
// Empty when the runner itself broke down.
const report =
  text === "" ? { testResults: [], numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 } : JSON.parse(text);

// A file that cannot be loaded has no tests to count: it counts as one failure.
const unloaded = report.testResults.filter(
  (suite) => suite.status === "failed" && !suite.assertionResults.some((test) => test.status === "failed"),
);
for (const suite of report.testResults) {
  for (const test of suite.assertionResults) {
    if (test.status === "failed") console.log(`failed: ${test.fullName}`);
    // A test that is a run of tests in turn, counted as one: see test/runtimes.
    if (test.meta?.summary !== undefined) console.log(test.meta.summary);
  }
}
for (const suite of unloaded) console.log(`failed: ${suite.name}: ${suite.message}`);
if (report.numPendingTests > 0) console.log(`${report.numPendingTests} omitted`);

const failed = report.numFailedTests + unloaded.length;
// So does a bench or a runner that fails with every test passed.
console.log(`${report.numPassedTests} passed, ${failed === 0 && status !== "0" ? 1 : failed} failed`);
