// The flags: what they mean, and what is said about a wrong one.
import { describe, expect, test } from '@jest/globals';
import { readOptions } from '../../../../lib/run/options.ts';

const read = (...args: string[]) => readOptions('provision', 'Stands it up.', args);
const DEFAULTS = {
  target: 'sandbox',
  stage: 'dev',
  config: undefined,
  plan: false,
  yes: false,
  json: false,
  wait: true,
  builder: undefined,
};

describe('the flags', () => {
  test('have defaults that touch nobody’s account', async () => {
    await expect(read()).resolves.toEqual({ options: DEFAULTS });
  });

  test('are read, each in either spelling', async () => {
    await expect(
      read(
        '--target',
        'aws',
        '--stage=test',
        '--config',
        'a.ts',
        '--plan',
        '--yes',
        '--json',
        '--no-wait',
        '--builder=docker',
      ),
    ).resolves.toEqual({
      options: {
        target: 'aws',
        stage: 'test',
        config: 'a.ts',
        plan: true,
        yes: true,
        json: true,
        wait: false,
        builder: 'docker',
      },
    });
  });

  test('are listed by --help, as they are typed', async () => {
    const asked = await read('--help');
    const help = 'help' in asked ? asked.help : '';
    expect(help).toMatch(/^Usage: npm run provision -- \[options\]\n\nStands it up\./);
    for (const flag of [
      '--target',
      '--stage',
      '--config',
      '--plan',
      '--yes',
      '--json',
      '--no-wait',
      '--builder',
    ]) {
      expect(help).toContain(`  ${flag}`);
    }
    await expect(read('-h')).resolves.toEqual(asked);
  });
});

describe('a wrong flag is refused', () => {
  test.each([
    [['--paln'], "Unknown option '--paln'.", 'Did you mean --plan?'],
    [['--no-wiat'], "Unknown option '--no-wiat'.", 'Did you mean --no-wait?'],
    [['--stgae', 'x'], "Unknown option '--stgae'.", 'Did you mean --stage?'],
    [['--frobnicate'], "Unknown option '--frobnicate'.", 'This is not how the command is called.'],
    [
      ['--target', 'asw'],
      "Option '--target <target>' argument 'asw' is invalid.",
      'Did you mean aws? Allowed choices are sandbox, aws.',
    ],
    [
      ['--builder', 'dokcer'],
      "Option '--builder <builder>' argument 'dokcer' is invalid.",
      'Did you mean docker? Allowed choices are auto, bundle, docker.',
    ],
    [['production'], 'Too many arguments.', 'Expected 0 arguments but got 1.'],
    [['--stage'], "Option '--stage <name>' argument missing.", 'This is not how the command is called.'],
  ])('%j', async (args, what, why) => {
    await expect(read(...args)).rejects.toMatchObject({
      code: 'ARGUMENTS',
      what,
      why,
      now: 'Nothing was changed.',
      fix: ['npm run provision -- --help, for what it takes'],
    });
  });

  test('whatever else is right', async () => {
    await expect(read('--yes', '--plan', '--stages', 'x')).rejects.toMatchObject({ code: 'ARGUMENTS' });
  });
});
