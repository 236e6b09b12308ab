// Any contents of a state file are either read, or refused and left unchanged. Every state that Slipway writes can be read.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { systemClock } from '../../../lib/model/clock.ts';
import type { StateData } from '../../../lib/state/format.ts';
import { openState } from '../../../lib/state/state.ts';
import { newFolder } from '../../program.ts';
import {
  arbitraryJson,
  reportCount,
  applyEdits,
  arbitraryEdits,
  RUNS,
  applyByteEdits,
  arbitraryByteEdits,
} from './mutations.ts';
import { expectProblem } from './expect-problem.ts';

reportCount('state files', 3 * RUNS);

const guard = { stack: 'shop-dev', account: '111122223333', region: 'eu-west-1', endpoint: 'aws' };
const STATE: StateData = {
  version: 1,
  ...guard,
  resources: {
    vpc: { vpcId: 'vpc-0123456789abcdef0' },
    'subnets.public-1': { subnetId: 'subnet-0123456789abcdef0', zone: 'eu-west-1a' },
    'roles.task': { roleName: 'shop-dev-task', roleArn: 'arn:aws:iam::111122223333:role/shop-dev-task' },
  },
  intents: {
    natGateway: { token: 'slipway-0123456789abcdef0123456789ab', generation: 2, at: 1_767_323_045_000 },
  },
  configuration: '0123456789abcdef',
  generations: { natGateway: 1, elasticIp: 3 },
};
const file = join(newFolder(), 'dev.json');

async function expectReadOrRefused(bytes: Buffer): Promise<void> {
  await writeFile(file, bytes);
  try {
    const state = await openState(file, guard, systemClock);
    // Not even a valid file is rewritten before something changes.
    expect((await readFile(file)).equals(bytes)).toBe(true);
    for (const address of ['vpc', 'natGateway', 'services.constructor']) {
      await state.renew(address);
      await state.record(address, { id: 'id' });
      await state.forget(address);
    }
    const reopened = await openState(file, guard, systemClock);
    expect(reopened.data).toEqual(state.data);
  } catch (error) {
    expectProblem(error, ['STATE_CORRUPT', 'STATE_NEWER', 'STATE_FOREIGN']);
    expect((await readFile(file)).equals(bytes)).toBe(true);
  }
  expect(await readdir(dirname(file))).toEqual(['dev.json']);
}

test('a state with random edits is either read or refused with a problem', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryEdits(arbitraryJson), async (edits) =>
      expectReadOrRefused(Buffer.from(JSON.stringify(applyEdits(STATE, edits)) ?? '')),
    ),
    { numRuns: RUNS },
  );
}, 3_600_000);

test('a state file with random edits to its bytes is either read or refused with a problem', async () => {
  const inserts = ['{', '}', '"', '\\', ',', ':', '1e999', '"__proto__": {}', 'null', '\r\n', '\u2028'];
  const text = Buffer.from(`${JSON.stringify(STATE, null, 2)}\n`);
  await fc.assert(
    fc.asyncProperty(arbitraryByteEdits(inserts), async (edits) =>
      expectReadOrRefused(applyByteEdits(text, edits)),
    ),
    { numRuns: RUNS },
  );
}, 3_600_000);

test('a state file of arbitrary bytes or JSON is either read or refused with a problem', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
    arbitraryJson.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
  );
  await fc.assert(fc.asyncProperty(bytes, expectReadOrRefused), { numRuns: RUNS });
}, 3_600_000);
