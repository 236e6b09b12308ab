// On the target aws, nothing is changed without credentials, without confirmation, or while the endpoint does not answer.
import { expect, test } from '@jest/globals';
import { freePort, machine } from './harness.ts';
import { createLeftoverLogGroup } from './leftover-log-group.ts';
import { tinyStack } from './tiny-stack.ts';

/** Turns off the credentials of the instance metadata. The machine has no other credentials in its folder or variables. */
const NO_CREDENTIALS = { AWS_EC2_METADATA_DISABLED: 'true' };
const TEST_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

test('if there are no AWS credentials, the problem lists the ways to set them and says that the sandbox needs no credentials', async () => {
  const user = await machine(NO_CREDENTIALS);
  expect(await user.run('provision', ...tinyStack(user), '--target', 'aws', '--yes')).toMatchObject({
    code: 1,
    stdout: '',
    problem: {
      code: 'CREDENTIALS',
      what: 'There are no AWS credentials.',
      now: 'Nothing was changed.',
      fix: [expect.stringContaining('AWS_PROFILE'), expect.stringContaining('sandbox')],
    },
  });
  expect(user.stateFiles()).toEqual([]);
}, 60_000);

test('without a terminal, provision and teardown require --yes', async () => {
  const user = await machine(TEST_CREDENTIALS);
  user.env['AWS_ENDPOINT_URL'] = user.endpoint;
  const flags = [...tinyStack(user, undefined, { builder: 'bundle' }), '--target', 'aws'];
  await user.start('sandbox').outputs(/answers at/);
  const unconfirmedOutcome = (command: string) => ({
    code: 1,
    stdout: '',
    problem: {
      code: 'CONFIRMATION',
      what: 'Confirmation is required, but there is no terminal to ask on.',
      why: 'On the target aws, nothing is changed without confirmation.',
      now: 'Nothing was changed.',
      fix: [
        expect.stringMatching(new RegExp(`^npm run ${command} -- --target aws .*--plan, to see`)),
        expect.stringMatching(new RegExp(`^npm run ${command} -- --target aws .*--yes$`)),
      ],
    },
  });

  expect(await user.run('provision', ...flags)).toMatchObject(unconfirmedOutcome('provision'));
  expect(await user.mutations()).toEqual([]);
  expect(user.stateFiles()).toEqual([]);

  await createLeftoverLogGroup(user);
  expect(await user.run('teardown', ...flags)).toMatchObject(unconfirmedOutcome('teardown'));
  expect(await user.mutations()).toEqual(['logs:CreateLogGroup']);
  expect(user.stateFiles()).toEqual([]);
}, 60_000);

test('an AWS_ENDPOINT_URL that does not answer is named in the problem', async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const user = await machine({ ...TEST_CREDENTIALS, AWS_ENDPOINT_URL: endpoint });
  expect(await user.run('provision', ...tinyStack(user), '--target', 'aws', '--yes')).toMatchObject({
    code: 1,
    stdout: '',
    problem: {
      code: 'ENDPOINT',
      what: `Nothing answers at ${endpoint}.`,
      why: expect.stringContaining('ECONNREFUSED'),
      now: 'Nothing was changed.',
      fix: [expect.stringContaining('AWS_ENDPOINT_URL'), expect.stringContaining('npm run provision')],
    },
  });
  expect(user.stateFiles()).toEqual([]);
}, 60_000);
