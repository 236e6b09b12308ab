/** `npm run sweep`: runs every sweep in full, and writes the results into docs/survival.md. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LONG } from '../../jest.config.js';
import { mergedSurvivalPage, survivalPage } from './page.ts';
import type { ReportLine } from './report.ts';

const ROOT = join(import.meta.dirname, '../..');
const SWEEPS = ['test/sweep', 'test/converge', ...LONG];
/** The tests of `--long`. They leave out the sweeps that take an hour: every call, pairs, weather, and Ctrl-C at every step. */
const WITHIN_THE_HOUR = [
  ...LONG.filter((path) => !/sweep\/(interrupt\/$|every-call)/.test(path)),
  'test/sweep/interrupt/(closed|unresponsive)',
  'test/sweep/fuzz',
  'test/converge',
];
const PAGE = join(ROOT, 'docs/survival.md');

// Other arguments are passed to jest: `npm run sweep -- test/sweep/pairs --json`.
const { values, positionals, tokens } = parseArgs({
  options: {
    'no-write': { type: 'boolean', default: false },
    /** Writes the results of some sweeps into the page. */
    write: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
  },
  strict: false,
  allowPositionals: true,
  tokens: true,
});
const sweepFlagIndexes = tokens.flatMap((token) =>
  token.kind === 'option' && ['no-write', 'write', 'long'].includes(token.name) ? [token.index] : [],
);
const jestArguments = process.argv.slice(2).filter((_, index) => !sweepFlagIndexes.includes(index));
const isComplete = positionals.length === 0 && !values.long;
const paths = positionals.length > 0 ? [] : values.long ? WITHIN_THE_HOUR : SWEEPS;
const folder = mkdtempSync(join(tmpdir(), 'slipway-sweep-'));
const report = join(folder, 'report.jsonl');
const start = performance.now();
const jest = spawn(
  process.execPath,
  [join(ROOT, 'node_modules/jest/bin/jest.js'), ...paths, ...jestArguments],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: { FUZZ: '10000', RUNS: '100', ...process.env, SWEEP: '1', SWEEP_REPORT: report },
  },
);
const code = await new Promise<number>((resolve) => jest.on('close', (status) => resolve(status ?? 1)));
// The page is written only after sweeps without failures.
if (code === 0 && existsSync(report) && (isComplete ? !values['no-write'] : values.write)) {
  const lines = readFileSync(report, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReportLine);
  const page = readFileSync(PAGE, 'utf8');
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(
    PAGE,
    isComplete
      ? survivalPage(page, lines, performance.now() - start)
      : mergedSurvivalPage(page, lines, today),
  );
  process.stderr.write('docs/survival.md is written; npm run format aligns its tables.\n');
}
// The results of a failed sweep are kept, since they may have taken an hour.
if (code !== 0 && existsSync(report))
  process.stderr.write(`The results of the passed sweeps are in ${report}.\n`);
else rmSync(folder, { recursive: true, force: true });
process.exitCode = code;
