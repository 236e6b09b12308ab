// At a terminal, Slipway asks for confirmation on AWS; only yes confirms. On the sandbox it does not ask.
import { expect } from '@jest/globals';
import { machine } from './harness.ts';
import { createLeftoverLogGroup } from './leftover-log-group.ts';
import { testWithPython, typeAnswer } from './terminal.ts';
import { tinyStack } from './tiny-stack.ts';

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const QUESTION = /Type yes to continue: /;
const BOLD = '\x1b[1m';

/** Removes colours and the movements of the cursor. */
const plainText = (output: string): string =>
  output.replace(/\x1b\[[\d;]*[A-Za-z]/g, '').replaceAll('\r', '');

testWithPython(
  'on AWS, provision and teardown ask for a yes, and any other answer changes nothing (needs python3 on the PATH)',
  async () => {
    const user = await machine({ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
    user.env['AWS_ENDPOINT_URL'] = user.endpoint;
    const flags = [...tinyStack(user, undefined, { builder: 'bundle' }), '--target', 'aws'];
    await user.start('sandbox').outputs(/answers at/);
    const provision = (keys: string) => typeAnswer(user, { keys, prompt: QUESTION }, 'provision', ...flags);

    const declined = await provision('no\r');
    expect(declined.code).toBe(0);
    expect(plainText(declined.stdout)).toMatch(/ {2}\+ service web: 1 task with/);
    // The facts are right above the question.
    expect(plainText(declined.stdout)).toMatch(
      /tiny-dev on aws, account 000000000000, eu-west-1: \d+ to create,\s+about 3 min\s+costs about \$\d+ per month .*\s+Type yes/,
    );
    expect(declined.stdout).toContain(`${BOLD}nothing was changed`);
    for (const keys of ['\r', 'y\r', CTRL_D])
      expect((await provision(keys)).stdout).toContain('nothing was changed');
    const interruptedRun = await provision(CTRL_C);
    expect(interruptedRun.code).toBe(130);
    expect(interruptedRun.stdout).toContain('The run was interrupted. [INTERRUPTED]');
    expect(await user.mutations()).toEqual([]);

    await createLeftoverLogGroup(user);
    const declinedTeardown = await typeAnswer(
      user,
      { keys: 'tiny-dev\r', prompt: QUESTION },
      'teardown',
      ...flags,
    );
    expect(declinedTeardown.code).toBe(0);
    expect(plainText(declinedTeardown.stdout)).toMatch(
      /: 1 to remove,\s+under a\s+minute\s+! log group of the containers: the logs .*\s+This machine has no record of tiny-dev/,
    );
    expect(declinedTeardown.stdout).toContain('nothing was removed');
    expect(await user.mutations()).toEqual(['logs:CreateLogGroup']);
    expect(user.stateFiles()).toEqual([]);
    const confirmedTeardown = await typeAnswer(
      user,
      { keys: 'yes\r', prompt: QUESTION },
      'teardown',
      ...flags,
    );
    expect(confirmedTeardown.stdout).toContain('tiny-dev is gone, 0 left');
  },
  90_000,
);

testWithPython(
  'on the sandbox, a teardown at a terminal asks no question (needs python3 on the PATH)',
  async () => {
    const user = await machine();
    await user.start('sandbox').outputs(/answers at/);
    await createLeftoverLogGroup(user);
    const { stdout } = await typeAnswer(
      user,
      { keys: '', prompt: /plan: 1 to remove/ },
      'teardown',
      ...tinyStack(user),
    );
    expect(stdout).toContain('tiny-dev is gone, 0 left');
  },
  60_000,
);
