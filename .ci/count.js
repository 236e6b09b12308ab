// Counts the tests in jest's result files, each test only once, and prints the counts on one line.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const WORST_FIRST = ['failed', 'passed', 'skipped'];
/** The outcome of each test, by file and title. A test that one run skips may run in another. */
const outcomes = new Map();
const count = { passed: 0, failed: 0, skipped: 0 };
for (const file of readdirSync(folder)) {
  const { testResults, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  // A file that fails to load has no tests, so it counts as one failure.
  count.failed += numRuntimeErrorTestSuites;
  const seen = new Map();
  for (const { name, assertionResults } of testResults)
    for (const { fullName, status } of assertionResults) {
      const title = `${name} ${fullName}`;
      // Several tests of a file may have the same title.
      const nth = (seen.get(title) ?? 0) + 1;
      seen.set(title, nth);
      const key = `${title} ${nth}`;
      const outcome = WORST_FIRST.includes(status) ? status : 'skipped';
      const bothRuns = [outcome, outcomes.get(key) ?? outcome];
      outcomes.set(
        key,
        WORST_FIRST.find((one) => bothRuns.includes(one)),
      );
    }
}
for (const outcome of outcomes.values()) count[outcome] += 1;
const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
process.stdout.write(`tests: ${count.passed} passed, ${count.failed} failed${skipped}\n`);
process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0;
