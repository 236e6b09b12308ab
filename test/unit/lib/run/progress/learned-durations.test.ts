// The durations of steps in earlier runs on this machine.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { LearnedDurations } from '../../../../../lib/run/progress/learned-durations.ts';
import { resource, step } from './stages.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-durations-'));
  file = join(folder, '.durations.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NAT = step('natGateway', 100_000);

async function record(target: string, ...elapsed: number[]): Promise<void> {
  const learned = new LearnedDurations(file, target);
  for (const ms of elapsed) learned.receive(resource('natGateway', 'created', 'nat-1', { elapsed: ms }));
  await learned.save();
}

test('the usual duration is the median of the latest runs, also across commands', async () => {
  await record('aws', 1, 2, 90_000, 110_000);
  await record('aws', 80_000, 95_000, 300_000, 92_000, 94_000);
  expect(new LearnedDurations(file, 'aws').usual(NAT)).toBe(94_000);
});

test('without a record it is the usual duration on AWS, and unknown on the sandbox', async () => {
  expect(new LearnedDurations(file, 'aws').usual(NAT)).toBe(100_000);
  expect(new LearnedDurations(file, 'sandbox').usual(NAT)).toBeUndefined();
  await record('sandbox', 2_000);
  expect(new LearnedDurations(file, 'sandbox').usual(NAT)).toBe(2_000);
  expect(new LearnedDurations(file, 'aws').usual(NAT)).toBe(100_000);
});

test('a step of another kind and a wait are not recorded', async () => {
  const learned = new LearnedDurations(file, 'sandbox');
  learned.receive(resource('natGateway', 'waiting', 'pending', { elapsed: 5 }));
  learned.receive(resource('natGateway', 'removed', 'nat-1', { elapsed: 7 }));
  await learned.save();
  const again = new LearnedDurations(file, 'sandbox');
  expect(again.usual(NAT)).toBeUndefined();
  expect(again.usual({ ...NAT, verb: 'remove' })).toBe(7);
});

test('a damaged file counts as empty, and is replaced by a private one', async () => {
  writeFileSync(file, '{"version":1,"durations":{"aws":{"natGateway.create":["x"]}}}');
  await record('aws', 5_000);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    version: 1,
    durations: { aws: { 'natGateway.create': [5_000] } },
  });
});

test('a file that cannot be written is no problem', async () => {
  const learned = new LearnedDurations(join(folder, 'missing', 'file'), 'aws');
  learned.receive(resource('natGateway', 'created', 'nat-1', { elapsed: 5 }));
  await expect(learned.save()).resolves.toBeUndefined();
});
