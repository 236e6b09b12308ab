// The state file is written atomically, and no more often than necessary.
import fs from 'node:fs';
import { chmod, readFile, watch, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Guard } from '../../../../lib/state/format.ts';
import { openState } from '../../../../lib/state/state.ts';
import { compileProgram, startProgram } from '../../../program.ts';
import { testClock } from '../../clock.ts';
import { useFolder } from './folder.ts';

const path = useFolder();
const guard: Guard = { stack: 'shop-dev', account: '111122223333', region: 'eu-west-1', endpoint: 'aws' };
const file = () => path('.slipway/dev.json');
const open = () => openState(file(), guard, testClock());
const recorded = async () =>
  (JSON.parse(await readFile(file(), 'utf8')) as { resources: Record<string, object> }).resources;

afterEach(() => {
  jest.restoreAllMocks();
});

describe('concurrent changes', () => {
  test('are written together, and each one resolves once it is written', async () => {
    const state = await open();
    const renames = jest.spyOn(fs.promises, 'rename');
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => state.record(`subnets.${n}`, { subnetId: `s-${n}` })),
    );
    expect(Object.keys(await recorded())).toHaveLength(50);
    expect(renames.mock.calls.length).toBeLessThanOrEqual(2);
    expect(renames.mock.calls.length).toBeGreaterThan(0);
  });

  test('made during a write are in the file when they resolve', async () => {
    const state = await open();
    const first = state.record('vpc', { vpcId: 'vpc-1' });
    await Promise.resolve();
    for (const key of ['a', 'b', 'c']) {
      await state.record(`subnets.${key}`, { subnetId: key });
      expect(await recorded()).toHaveProperty([`subnets.${key}`]);
    }
    await first;
  });
});

describe('a write that fails', () => {
  /** Puts a file in place of the folder, since not even root can write below a file. */
  const blockFolder = async () => writeFile(dirname(file()), '');

  test('rejects the change, with a problem', async () => {
    const state = await open();
    await blockFolder();
    await expect(state.intend('vpc')).rejects.toMatchObject({
      code: 'STATE_UNWRITABLE',
      what: `The state file ${file()} could not be written.`,
      why: expect.stringMatching(/EEXIST|ENOTDIR/) as unknown,
    });
  });

  test('does not prevent the next one', async () => {
    const state = await open();
    await blockFolder();
    await expect(state.record('vpc', { vpcId: 'vpc-1' })).rejects.toThrow('could not be written');
    await fs.promises.rm(dirname(file()));
    await state.record('cluster', { clusterArn: 'arn' });
    expect(await recorded()).toEqual({ vpc: { vpcId: 'vpc-1' }, cluster: { clusterArn: 'arn' } });
  });
});

test('a file that others can read is accessible only to its owner after the next write', async () => {
  await (await open()).record('vpc', { vpcId: 'vpc-1' });
  await chmod(file(), 0o644);
  await (await open()).record('vpc', { vpcId: 'vpc-2' });
  expect((await fs.promises.stat(file())).mode & 0o777).toBe(0o600);
});

/** Returns the program of a process that writes large state files, so that it can be killed during a write. */
const writerOf = (stateFile: string) => `
  import { openState } from 'lib/state/state.ts';
  const state = await openState(${JSON.stringify(stateFile)}, ${JSON.stringify(guard)}, { now: Date.now });
  const ids = (n) => Array.from({ length: 2000 }, (_, i) => ['id' + i, String(n % 10).repeat(2000)]);
  for (let n = 0; ; n += 1) await state.record('subnets.' + (n % 4), Object.fromEntries(ids(n)));`;

/** Resolves after a number of changes in a folder. */
async function waitForChanges(folder: string, count: number): Promise<void> {
  let seen = 0;
  for await (const _ of watch(folder)) if ((seen += 1) >= count) return;
}

test('a process that is killed while it writes leaves the old file or the new one', async () => {
  await (await open()).record('vpc', { vpcId: 'vpc-1' });
  const program = await compileProgram(writerOf(file()));
  for (const count of [2, 12, 23]) {
    const enoughChanges = waitForChanges(dirname(file()), count);
    const running = startProgram(program, []);
    await enoughChanges;
    await running.kill();
    const { data } = await open();
    expect(data.resources).toHaveProperty('vpc', { vpcId: 'vpc-1' });
  }
}, 60_000);
