// The stack with everything on that moto supports: provisioned, planned again without changes, changed, and torn down.
import { expect, test } from '@jest/globals';
import { startMoto } from '../../bench/moto.ts';
import { everythingOn } from '../everything/stack.ts';
import { createSurroundings } from '../everything/surroundings.ts';
import { machine } from '../journeys/harness.ts';

const FLAGS = ['--target', 'aws', '--yes', '--no-wait'];

test('the stack with everything on is provisioned, stays as it is, changes, and leaves nothing behind', async () => {
  const moto = await startMoto();
  try {
    const user = await machine({
      AWS_ENDPOINT_URL: moto.url,
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
    });
    await createSurroundings(moto.url);
    const stack = everythingOn({ protect: false });
    const flags = [...user.config(stack), ...FLAGS];
    expect(await user.run('provision', ...flags)).toMatchObject({ code: 0, problem: undefined });
    const planned = await user.run('provision', ...flags, '--plan');
    expect(planned.stdout.split('\n').filter((line) => /^ {2}[-+~±] /.test(line))).toEqual([]);
    const teardown = await user.run('teardown', '--target', 'aws', '--yes', ...user.config(stack));
    expect(teardown).toMatchObject({ code: 0, lastLine: expect.stringMatching(/^shop-dev is gone, 0 left/) });
  } finally {
    await moto.stop();
  }
}, 240_000);
