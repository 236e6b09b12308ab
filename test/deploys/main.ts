/** `npm run test:deploys`: runs every deploy with a fault, and writes the table of docs/rollouts.md. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJest } from '../run-jest.ts';
import type { DeployLine } from './deploys.ts';
import { rolloutsPage } from './page.ts';

const PAGE = join(import.meta.dirname, '../../docs/rollouts.md');
const folder = mkdtempSync(join(tmpdir(), 'slipway-deploys-'));
const report = join(folder, 'report.jsonl');
process.env['DEPLOYS_REPORT'] = report;
const isComplete = !process.argv.slice(2).some((word) => word === '-t' || !word.startsWith('-'));
const code = runJest('test/deploys');
// The page is written only after a complete run without failures.
if (code === 0 && isComplete && existsSync(report)) {
  const lines = readFileSync(report, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as DeployLine);
  writeFileSync(PAGE, rolloutsPage(readFileSync(PAGE, 'utf8'), lines));
  process.stderr.write('docs/rollouts.md is written; npm run format aligns its tables.\n');
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = code;
