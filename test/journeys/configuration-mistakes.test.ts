// Mistakes in a configuration or in arguments are reported together, before any call.
import { expect, test } from '@jest/globals';
import { machine, type Machine } from './harness.ts';

/** Expects that no sandbox was started and no file was written. */
async function expectUntouched({ endpoint, stateFiles }: Machine): Promise<void> {
  await expect(fetch(endpoint)).rejects.toThrow('fetch failed');
  expect(stateFiles()).toEqual([]);
}

test('all mistakes in a configuration are listed, each with its path, its value and the fix', async () => {
  const user = await machine();
  const [, file] = user.config(`export default {
    name: 'Shop_1',
    regoin: 'eu-west-1',
    services: {
      web: {
        cpu: 300,
        containers: {
          api: { source: 'nowhere', port: 70000, path: 'api', environment: { PASSWORD: 12345 } },
          worker: { source: 'nowhere', image: 'redis' },
        },
      },
    },
  };`);
  const outcome = await user.run('provision', '--config', file ?? '');
  expect(outcome).toMatchObject({
    code: 1,
    stdout: '',
    problem: {
      code: 'CONFIG_INVALID',
      what: `${file} has 9 mistakes.`,
      now: 'Nothing was changed.',
      fix: [`Correct ${file}, then run the command again.`],
    },
  });
  const mistakes = outcome.problem?.why.split('\n') ?? [];
  const mistakeAt = (path: string) => mistakes.find((line) => line.startsWith(`${path}: `));
  const api = 'services.web.containers.api';
  expect(mistakeAt('name')).toMatch(/'Shop_1'.*lower-case/);
  expect(mistakeAt('regoin')).toBe('regoin: unknown key. Did you mean region?');
  expect(mistakeAt('services.web.cpu')).toMatch(/300\. Use one of 256, 512/);
  expect(mistakeAt(`${api}.port`)).toMatch(/70000\. Use a whole number from 1 to 65535/);
  expect(mistakeAt(`${api}.path`)).toMatch(/'api'/);
  expect(mistakeAt('services.web.containers.worker.image')).toMatch(/has only one of them/);
  // A value that may be a secret is not repeated.
  expect(mistakeAt(`${api}.environment.PASSWORD`)).toMatch(/a number, not shown/);
  expect(outcome.stderr).not.toContain('12345');
  await expectUntouched(user);
}, 60_000);

test('a missing configuration file is reported with the flag that selects another file', async () => {
  const user = await machine();
  expect(await user.run('provision', '--config', 'elsewhere.config.ts')).toMatchObject({
    code: 1,
    stdout: '',
    problem: {
      code: 'CONFIG_MISSING',
      what: 'There is no elsewhere.config.ts.',
      now: 'Nothing was changed.',
      fix: [
        expect.stringContaining('--config FILE'),
        'npm run init, to write one for the programs of this folder',
      ],
    },
  });
  await expectUntouched(user);
}, 60_000);

test('an error that a configuration throws is reported with its message, line and column', async () => {
  const user = await machine();
  const flags = user.config(`const region = undefined as { name?: string } | undefined;
export default ({ stage }: { stage: string }) => {
  if (stage === 'dev') throw new Error('there is no region for ' + stage);
  return { name: 'shop', region, services: {} };
};`);
  expect(await user.run('teardown', ...flags)).toMatchObject({
    code: 1,
    stdout: '',
    problem: {
      code: 'CONFIG_LOAD',
      what: `${flags[1]} threw an error.`,
      why: `${flags[1]}:3:30: there is no region for dev`,
      now: 'Nothing was changed.',
      fix: [expect.stringContaining('correct the line that is named')],
    },
  });
  await expectUntouched(user);
}, 60_000);

test.each([
  {
    args: ['--paln'],
    what: 'provision has no option --paln.',
    why: 'Did you mean --plan?',
  },
  {
    args: ['--target', 'sandpit'],
    what: "'sandpit' is not a target.",
    why: 'The targets are sandbox and aws. A stage is selected with --stage sandpit.',
  },
])(
  'the arguments $args are refused, and valid ones are suggested',
  async ({ args, what, why }) => {
    const user = await machine();
    expect(await user.run('provision', ...args)).toMatchObject({
      code: 1,
      stdout: '',
      problem: {
        code: 'ARGUMENTS',
        what,
        why,
        now: 'Nothing was changed.',
        fix: ['npm run provision -- --help, to see its options'],
      },
    });
    await expectUntouched(user);
  },
  60_000,
);
