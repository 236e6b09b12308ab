// State files that are corrupt, belong to another stack or were written by a newer Slipway are refused and left unchanged.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { machine } from './harness.ts';
import { tinyStack } from './tiny-stack.ts';

const REGION = 'eu-west-1';
const ACCOUNT = '000000000000';

/** The state file of a stack `tiny`, as Slipway writes it. */
const stateOf = (stage: string, overrides: object = {}) =>
  JSON.stringify({
    version: 1,
    stack: `tiny-${stage}`,
    account: ACCOUNT,
    region: REGION,
    endpoint: 'sandbox',
    resources: { vpc: { vpcId: 'vpc-0123456789abcdef0' } },
    intents: {},
    generations: {},
    ...overrides,
  });

const foreignProblem = (field: string, inFile: string, inRun: string) => ({
  code: 'STATE_FOREIGN',
  what: expect.stringContaining(`belongs to another ${field}.`),
  why: `It is for the ${field} ${inFile}; this run is for ${inRun}.`,
  now: 'Nothing was changed. The file is kept as it is.',
  fix: [expect.stringContaining(inFile), expect.stringContaining('--stage or SLIPWAY_HOME')],
});

const CASES = [
  {
    stage: 'region',
    text: stateOf('region', { region: 'us-east-1' }),
    problem: foreignProblem('region', 'us-east-1', REGION),
  },
  {
    stage: 'stack',
    text: stateOf('stack', { stack: 'shop-stack' }),
    problem: foreignProblem('stack', 'shop-stack', 'tiny-stack'),
  },
  {
    stage: 'account',
    text: stateOf('account', { account: '123456789012' }),
    problem: foreignProblem('account', '123456789012', ACCOUNT),
  },
  {
    stage: 'truncated',
    text: stateOf('truncated').slice(0, 100),
    problem: {
      code: 'STATE_CORRUPT',
      what: expect.stringContaining('cannot be read.'),
      why: expect.stringContaining('JSON'),
      now: 'Nothing was changed. The file is kept as it is.',
      fix: [
        expect.stringMatching(/^mv .+truncated\.json .+truncated\.json\.bad/),
        expect.stringContaining('backup'),
      ],
    },
  },
  {
    stage: 'newer',
    text: stateOf('newer', { version: 2, shape: 'unknown' }),
    problem: {
      code: 'STATE_NEWER',
      what: expect.stringContaining('was written by a newer Slipway.'),
      why: 'It has version 2; this Slipway reads version 1.',
      now: 'Nothing was changed. The file is kept as it is.',
      fix: ['Update Slipway, then run the same command again.'],
    },
  },
];

test('a state file is refused if it is truncated, was written by a newer Slipway, or is for another region, stack or account', async () => {
  const user = await machine();
  const flags = tinyStack(user);
  await user.start('sandbox').outputs(/answers at/);
  await Promise.all(
    CASES.map(async ({ stage, text, problem }) => {
      const file = user.write(`.slipway/tiny-${stage}.json`, text);
      // One case runs a teardown, since a teardown with a wrong file would do as much harm as a provision.
      const command = stage === 'truncated' ? 'teardown' : 'provision';
      const outcome = await user.run(command, ...flags, '--stage', stage);
      expect(outcome).toMatchObject({ code: 1, stdout: '', problem });
      expect(readFileSync(file, 'utf8')).toBe(text);
    }),
  );
  expect(await user.mutations()).toEqual([]);
  expect(user.stateFiles().sort()).toEqual(CASES.map(({ stage }) => `tiny-${stage}.json`).sort());
}, 60_000);

test('a sandbox that was started for a refused run is stopped again', async () => {
  const user = await machine();
  const flags = tinyStack(user);
  const file = user.write('.slipway/tiny-dev.json', '{');
  expect(await user.run('provision', ...flags)).toMatchObject({
    code: 1,
    problem: { code: 'STATE_CORRUPT' },
  });
  await expect(user.sandboxPid()).rejects.toThrow('fetch failed');
  expect(readFileSync(file, 'utf8')).toBe('{');
}, 60_000);
