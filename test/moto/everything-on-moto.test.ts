// The stack with everything on that moto supports: provisioned, planned again without changes, changed, and torn down.
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { startMoto } from '../../bench/moto.ts';
import { ENVIRONMENT_FILE, everythingOn, LOG_BUCKET } from '../everything/stack.ts';
import { createSurroundings } from '../everything/surroundings.ts';
import { machine, type Machine } from '../journeys/harness.ts';

const FLAGS = ['--target', 'aws', '--yes', '--no-wait'];
/** moto ignores the transforms of rules, so a plan always sets them again. */
const WITHOUT_TRANSFORMS = ['/api1', '/v1', '/old/a'].map((path) =>
  expect.stringMatching(new RegExp(`^  ~ route ${path}\\b`)),
);
/**
 * In moto, a block of IPv6 addresses is never completely associated with a subnet. It ignores the tags in CreateBucket, so that the
 * stack cannot own a bucket.
 */
const SUPPORTED: Partial<StackInput> = {
  ...{ ipv6: false, clients: ['203.0.113.0/24', '10.0.0.0/8'] },
  accessLogs: { bucket: LOG_BUCKET, prefix: 'shop/dev' },
};
/** moto cannot change the settings of a cluster. */
const CHANGES: Partial<StackInput> = {
  ...{ logRetentionDays: 60, idleTimeoutSeconds: 90, flowLogs: false, routes: undefined },
  ...{ clients: ['203.0.113.0/24'], tags: { team: 'shop' } },
};

async function plannedChanges(user: Machine, flags: readonly string[]): Promise<string[]> {
  const { stdout } = await user.run('provision', ...flags, '--plan');
  return stdout.split('\n').filter((line) => /^ {2}[-+~±] /.test(line));
}

test('the stack with everything on is provisioned, stays as it is, changes, and leaves nothing behind', async () => {
  const moto = await startMoto();
  try {
    const user = await machine({
      AWS_ENDPOINT_URL: moto.url,
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
    });
    const waf = await createSurroundings(moto.url);
    user.write(ENVIRONMENT_FILE.name, ENVIRONMENT_FILE.text);
    const stack = everythingOn({ ...SUPPORTED, waf, protect: false });
    const flags = [...user.config(stack), ...FLAGS];
    expect(await user.run('provision', ...flags)).toMatchObject({ code: 0, problem: undefined });
    expect(await plannedChanges(user, flags)).toEqual(WITHOUT_TRANSFORMS);
    const changed = [
      ...user.config(everythingOn({ ...SUPPORTED, ...CHANGES, waf, protect: false })),
      ...FLAGS,
    ];
    expect(await user.run('provision', ...changed)).toMatchObject({ code: 0, problem: undefined });
    expect(await plannedChanges(user, changed)).toEqual(WITHOUT_TRANSFORMS);
    const teardown = await user.run('teardown', '--target', 'aws', '--yes', ...user.config(stack));
    expect(teardown).toMatchObject({ code: 0, lastLine: expect.stringMatching(/^shop-dev is gone, 0 left/) });
  } finally {
    await moto.stop();
  }
}, 240_000);
