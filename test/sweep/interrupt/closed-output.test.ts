// A run whose output is no longer read, as with `| head`, continues to the end and saves its result.
import { expect, test } from '@jest/globals';
import { machine } from '../../journeys/harness.ts';
import { tinyStack } from '../../journeys/tiny-stack.ts';

test.each(['stderr', 'stdout'] as const)(
  'a provision finishes even if its %s is closed while it runs',
  async (stream) => {
    const user = await machine();
    const flags = tinyStack(user);
    const running = user.start('provision', ...flags);
    await running.outputs(/created/);
    running.child[stream]?.destroy();
    const { code, stdout, stderr } = await running.done;
    expect(code).toBe(0);
    if (stream === 'stderr') expect(stdout).toMatch(/^http:\/\//);
    else expect(stderr).toMatch(/tiny-dev is up/);
    expect(user.stateFiles()).toEqual(['tiny-dev.json']);
    expect(await user.run('provision', ...flags, '--plan')).toMatchObject({ code: 0 });
  },
  120_000,
);
