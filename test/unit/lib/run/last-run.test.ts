// The record of a run has each step with its times, and marks the steps that determined the duration.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Event } from '../../../../lib/model/report.ts';
import { needs } from '../../../../lib/model/architecture.ts';
import { lastRunFile, readLastRun, RunRecord } from '../../../../lib/run/last-run.ts';

const RUN = { command: 'provision', stack: 'shop-dev', outcome: 'done' } as const;
let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'slipway-run-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Records events, each at its time in milliseconds. */
function recordOf(...events: readonly (readonly [at: number, event: Event])[]) {
  let now = 0;
  const record = new RunRecord(() => now);
  const report = record.recording(() => undefined);
  for (const [at, event] of events) {
    now = at;
    report(event);
  }
  return record;
}

const steps = { type: 'steps', text: '', stages: [{ after: needs, steps: [] }] } as const;
const step = (noun: 'vpc' | 'subnets' | 'logGroup', status: 'started' | 'created', elapsed = 0): Event => ({
  ...{ type: 'resource', noun, key: '', status, elapsed },
  text: noun,
});

const RECORDED = [
  [100, steps],
  [100, step('vpc', 'started')],
  [100, step('logGroup', 'started')],
  [200, step('logGroup', 'created', 100)],
  [400, step('vpc', 'created', 300)],
  [400, step('subnets', 'started')],
  [900, step('subnets', 'created', 500)],
] as const;

describe('the record of a run', () => {
  test('has the survey and the steps in the order of their starts, and marks the critical path', () => {
    const { steps: recorded = [], duration } = recordOf(...RECORDED).result(RUN) ?? {};
    expect(duration).toBe(900);
    expect(recorded.map(({ address, start, end, isCritical }) => [address, start, end, isCritical])).toEqual([
      ['survey and plan', 0, 100, true],
      ['logGroup', 100, 200, false],
      ['vpc', 100, 400, true],
      ['subnets', 400, 900, true],
    ]);
  });

  test('has a step that had not ended, up to the end of the run', () => {
    const record = recordOf([0, steps], [10, step('vpc', 'started')], [500, { type: 'note', text: '' }]);
    const { steps: recorded = [] } = record.result({ ...RUN, outcome: 'failed' }) ?? {};
    expect(recorded).toMatchObject([{ address: 'vpc', status: 'stopped', start: 10, end: 500 }]);
  });

  test('is not made for a run without steps', async () => {
    const file = lastRunFile('shop-dev', folder);
    await recordOf([5, { type: 'note', text: '' }]).save(file, RUN);
    expect(readdirSync(folder)).toEqual([]);
    await expect(readLastRun(file)).resolves.toBeUndefined();
  });

  test('is private, is no state file, and is read again; a damaged one counts as missing', async () => {
    const file = lastRunFile('shop-dev', folder);
    await recordOf(...RECORDED).save(file, RUN);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(file.endsWith('.json')).toBe(false);
    expect(await readLastRun(file)).toMatchObject(RUN);
    writeFileSync(file, '{"version":2}');
    await expect(readLastRun(file)).resolves.toBeUndefined();
  });

  test('does not fail a run if it cannot be written', async () => {
    await expect(recordOf(...RECORDED).save(join(folder, 'missing', 'file'), RUN)).resolves.toBeUndefined();
  });
});
