// The flags: their meaning, and the problems with wrong ones.
import { describe, expect, test } from '@jest/globals';
import type { Command } from '../../../../lib/run/commands.ts';
import { withStackFlags, commandLine } from '../../../../lib/run/command-line.ts';
import { readOptions } from '../../../../lib/run/options.ts';

const readWithEnv = (env: Record<string, string>, ...args: string[]) =>
  readOptions('provision', 'Provisions the stack.', args, env);
const read = (...args: string[]) => readWithEnv({}, ...args);
const DEFAULTS = {
  target: 'sandbox',
  stage: 'dev',
  config: undefined,
  name: undefined,
  plan: false,
  follow: false,
  watch: false,
  words: [],
  task: undefined,
  open: true,
  yes: false,
  json: false,
  events: false,
  plain: false,
  wait: true,
  preflight: true,
  builder: undefined,
  drift: false,
  deploy: false,
  adopt: [],
  adoptStack: false,
  service: undefined,
  to: undefined,
};

test('--events is refused without --json', async () => {
  await expect(readOptions('provision', '', ['--events'], {})).rejects.toMatchObject({
    code: 'ARGUMENTS',
    what: '--events needs --json.',
  });
  await expect(readOptions('provision', '', ['--events', '--json'], {})).resolves.toMatchObject({
    options: { events: true, json: true },
  });
});

describe('the flags', () => {
  test('have defaults that do not touch any AWS account', async () => {
    await expect(read()).resolves.toEqual({ options: DEFAULTS });
  });

  test('are read in both spellings', async () => {
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
        '--no-preflight',
        '--builder=docker',
        '--adopt=logGroup',
        '--adopt',
        'rules.web-api',
        '--adopt-stack',
      ),
    ).resolves.toEqual({
      options: {
        target: 'aws',
        stage: 'test',
        config: 'a.ts',
        name: undefined,
        plan: true,
        follow: false,
        watch: false,
        words: [],
        task: undefined,
        open: true,
        yes: true,
        json: true,
        events: false,
        plain: false,
        wait: false,
        preflight: false,
        builder: 'docker',
        drift: false,
        deploy: false,
        adopt: ['logGroup', 'rules.web-api'],
        adoptStack: true,
        service: undefined,
        to: undefined,
      },
    });
  });

  test('are listed by --help in the form in which they are typed', async () => {
    const result = await read('--help');
    const help = 'help' in result ? result.help : '';
    expect(help).toMatch(/^Usage: npm run provision -- \[PLAN FILE\] \[options\]\n\nProvisions the stack\./);
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
    await expect(read('-h')).resolves.toEqual(result);
  });
});

describe('a wrong flag is refused', () => {
  test.each([
    [['--paln'], 'provision has no option --paln.', 'Did you mean --plan?'],
    [['--no-wiat'], 'provision has no option --no-wiat.', 'Did you mean --no-wait?'],
    [['--stgae', 'x'], 'provision has no option --stgae.', 'Did you mean --stage?'],
    [['--frobnicate'], 'provision has no option --frobnicate.', 'Its options are listed by --help.'],
    [['--name', 'shop'], 'provision has no option --name.', 'It is an option of teardown.'],
    [['--target', 'asw'], "'asw' is not a target.", 'The targets are sandbox and aws. Did you mean aws?'],
    [
      ['--target', 'prod'],
      "'prod' is not a target.",
      'The targets are sandbox and aws. A stage is selected with --stage prod.',
    ],
    [
      ['--builder', 'dokcer'],
      "'dokcer' is not a builder.",
      'The builders are auto, bundle and docker. Did you mean docker?',
    ],
    [['--builder', 'podman'], "'podman' is not a builder.", 'The builders are auto, bundle and docker.'],
    [
      ['production'],
      'provision takes only options, and production is not one.',
      'Did you mean --stage production?',
    ],
    [['aws'], 'provision takes only options, and aws is not one.', 'Did you mean --target aws?'],
    [
      ['--plan', './a.ts'],
      'provision takes only options, and ./a.ts is not one.',
      'Did you mean --config ./a.ts?',
    ],
    [['--stage'], '--stage has no value.', 'A value follows it: --stage VALUE.'],
    [['--stage', ''], '--stage has no value.', 'A value follows it: --stage VALUE.'],
    [['--config='], '--config has no value.', 'A value follows it: --config VALUE.'],
    [['--adopt', 'vpc', '--adopt', ''], '--adopt has no value.', 'A value follows it: --adopt VALUE.'],
  ])('%j', async (args, what, why) => {
    await expect(read(...args)).rejects.toMatchObject({
      code: 'ARGUMENTS',
      what,
      why,
      now: 'Nothing was changed.',
      fix: ['npm run provision -- --help, to see its options'],
    });
  });

  test('even if the other flags are valid', async () => {
    await expect(read('--yes', '--plan', '--stages', 'x')).rejects.toMatchObject({ code: 'ARGUMENTS' });
  });
});

/**
 * npm 11 sets environment variables for the flags before `--`. The variable of an unknown flag contains the flag's value, or
 * `true`.
 */
describe('a flag that npm took as its own', () => {
  const npmEnv = { npm_lifecycle_event: 'provision', npm_config_yes: '', npm_config_prefix: '/usr' };
  /** The variables for `--plan`, which npm reads as `-p -l -a -n`. */
  const planEnv = { npm_config_parseable: 'true', npm_config_long: 'true', npm_config_all: 'true' };

  test.each<[string, Record<string, string>, string[], string, string]>([
    ['--plan', planEnv, [], '--plan', '--plan'],
    ['--plan, in an npm that does not split it', { npm_config_plan: 'true' }, [], '--plan', '--plan'],
    ['--stage=test', { npm_config_stage: 'test' }, [], '--stage', '--stage test'],
    ['--stage test', { npm_config_stage: 'true' }, ['test'], '--stage', '--stage <name>'],
    ['--target=aws', { npm_config_target: 'aws' }, [], '--target', '--target aws'],
    ['--target aws', { npm_config_target: 'true' }, ['aws'], '--target', '--target <target>'],
    ['--builder=docker', { npm_config_builder: 'docker' }, [], '--builder', '--builder docker'],
    ['--config=a.ts', { npm_config_config: 'a.ts' }, [], '--config', '--config a.ts'],
    ['--no-wait', { npm_config_wait: '' }, [], '--no-wait', '--no-wait'],
    [
      '--stage=test --plan, and a --yes after the --',
      { ...planEnv, npm_config_stage: 'test' },
      ['--yes'],
      '--stage and --plan',
      '--stage test --plan',
    ],
  ])('is refused: %s', async (_typed, taken, args, names, flags) => {
    await expect(readWithEnv({ ...npmEnv, ...taken }, ...args)).rejects.toMatchObject({
      code: 'ARGUMENTS',
      what: `npm kept ${names} for itself.`,
      now: 'Nothing was changed.',
      fix: [`npm run provision -- ${flags}`],
    });
  });

  test.each<[string, Record<string, string>]>([
    ['no flag precedes the --', npmEnv],
    ['npm has the same flag', { ...npmEnv, npm_config_yes: 'true', npm_config_json: 'true' }],
    ['an npmrc sets target', { ...npmEnv, npm_config_target: '37.2.0' }],
    ['an npmrc asks for long lists', { ...npmEnv, npm_config_long: 'true', npm_config_all: 'true' }],
    ['npm was given the negated flag', { ...npmEnv, npm_config_plan: '', npm_config_wait: 'true' }],
    ['npm did not start the command', { ...planEnv, npm_config_stage: 'test', npm_config_wait: '' }],
  ])('is not reported when %s', async (_when, env) => {
    await expect(readWithEnv(env)).resolves.toEqual({ options: DEFAULTS });
  });

  test('is refused even with other flags after the --', async () => {
    await expect(readWithEnv({ ...npmEnv, ...planEnv }, '--help')).rejects.toMatchObject({
      code: 'ARGUMENTS',
    });
  });
});

test.each([
  [{ stage: 'dev', target: 'sandbox', config: undefined }, 'npm run provision'],
  [
    { stage: 'qa', target: 'aws', config: 'shop.config.ts' },
    'npm run provision -- --stage qa --target aws --config shop.config.ts',
  ],
  [
    { stage: 'dev', target: 'sandbox', config: "my shop/it's.config.ts" },
    "npm run provision -- --config 'my shop/it'\\''s.config.ts'",
  ],
] as const)('the command line has the flags that select the stack: %p', (options, line) => {
  expect(commandLine('provision', options)).toBe(line);
});

test.each([
  ['npm run provision, to continue from here', 'npm run provision -- --stage qa, to continue from here'],
  [
    'or npm run provision -- --adopt vpc, to take it',
    'or npm run provision -- --stage qa --adopt vpc, to take it',
  ],
  ['npm run teardown -- --stage qa, to remove all', 'npm run teardown -- --stage qa, to remove all'],
  ['npm run sandbox, to see it start', 'npm run sandbox, to see it start'],
  ['npm run dev, to watch it', 'npm run dev -- --stage qa, to watch it'],
  [
    'npm run teardown and then npm run provision',
    'npm run teardown -- --stage qa and then npm run provision -- --stage qa',
  ],
])('commands in a fix get the flags that select the stack: %s', (advice, line) => {
  expect(withStackFlags(advice, { stage: 'qa', target: 'sandbox', config: undefined })).toBe(line);
});

test('a fix names the configuration file of the run', () => {
  const options = { stage: 'dev', target: 'sandbox', config: 'shop.config.ts' } as const;
  expect(withStackFlags('Choose another name in slipway.config.ts or another --stage.', options)).toBe(
    'Choose another name in shop.config.ts or another --stage.',
  );
  const advice = 'Name the file in it: --config services/slipway.config.ts';
  expect(withStackFlags(advice, options)).toBe(advice);
});

test('a fix for the default stack stays unchanged', () => {
  const defaultStack = { stage: 'dev', target: 'sandbox', config: undefined } as const;
  const advice =
    'Run npm run provision -- --plan without --adopt: it lists the resources to adopt, if there are any.';
  expect(withStackFlags(advice, defaultStack)).toBe(advice);
});

const CHANGE_FLAGS = ['--target', '--stage', '--config', '--plan', '--yes', '--json', '--events', '--plain'];
const PROVISION_FLAGS = [
  '--target',
  '--stage',
  '--config',
  '--plan',
  '--yes',
  '--json',
  '--events',
  '--plain',
  '--no-wait',
  '--no-preflight',
  '--builder',
  '--adopt-stack',
  '--adopt',
];

describe.each<[Command, string[], string[]]>([
  ['provision', PROVISION_FLAGS, ['--name', '--to']],
  ['deploy', PROVISION_FLAGS, ['--name', '--to']],
  [
    'doctor',
    ['--target', '--stage', '--config', '--json', '--plain'],
    ['--events', '--plan', '--yes', '--no-wait', '--no-preflight', '--builder', '--name', '--adopt', '--to'],
  ],
  [
    'history',
    ['--target', '--stage', '--config', '--json', '--plain'],
    ['--events', '--plan', '--yes', '--no-wait', '--builder', '--name', '--adopt-stack', '--adopt', '--to'],
  ],
  ['rollback', [...CHANGE_FLAGS, '--no-wait', '--to', '--adopt-stack'], ['--builder', '--name', '--adopt']],
  [
    'drift',
    ['--target', '--stage', '--config', '--json', '--plain', '--builder'],
    ['--events', '--plan', '--yes', '--no-wait', '--name', '--adopt-stack', '--adopt', '--to'],
  ],
  ['teardown', [...CHANGE_FLAGS, '--name', '--adopt-stack'], ['--no-wait', '--builder', '--adopt', '--to']],
])('the options of %s', (command, listedOptions, otherOptions) => {
  const readFor = (...args: string[]) => readOptions(command, 'Purpose.', args, {});

  test('are exactly those that --help lists', async () => {
    const result = await readFor('--help');
    const listed = [...('help' in result ? result.help : '').matchAll(/^ {2}(?:-h, )?(--[\w-]+)/gm)].map(
      ([, long]) => long,
    );
    expect(listed.sort()).toEqual([...listedOptions, '--help', '--version'].sort());
  });

  test.each(otherOptions)(
    'do not include %s, and the problem names the commands that have it',
    async (option) => {
      await expect(readFor(option, 'x')).rejects.toMatchObject({
        what: `${command} has no option ${option}.`,
        why: expect.stringMatching(/^It is an option of (\w+, )*\w+( and \w+)?\.$/) as unknown,
      });
    },
  );
});

test('the command drift sets the option drift, and the command teardown accepts --name', async () => {
  await expect(readOptions('drift', '', ['--drift'], {})).resolves.toEqual({
    options: { ...DEFAULTS, drift: true },
  });
  await expect(readOptions('teardown', '', ['--name', 'shop'], {})).resolves.toEqual({
    options: { ...DEFAULTS, name: 'shop' },
  });
  const options = { stage: 'qa', target: 'sandbox', config: undefined, name: 'shop' } as const;
  expect(commandLine('teardown', options)).toBe('npm run teardown -- --stage qa --name shop');
  expect(commandLine('provision', options)).toBe('npm run provision -- --stage qa');
});

describe('the service of a command', () => {
  test.each<[Command, string[], object]>([
    ['deploy', ['web'], { service: 'web' }],
    ['history', [], { service: undefined }],
    ['history', ['web', '--json'], { service: 'web', json: true }],
    ['rollback', ['--to', '4'], { service: undefined, to: 4 }],
    ['rollback', ['web', '--to=12', '--yes'], { service: 'web', to: 12, yes: true }],
  ])('is read: %s %j', async (command, args, expected) => {
    await expect(readOptions(command, '', args, {})).resolves.toMatchObject({ options: expected });
  });

  test.each<[Command, string[], string]>([
    ['deploy', [], 'deploy needs the name of a service.'],
    ['deploy', [''], 'deploy needs the name of a service.'],
    ['deploy', ['web', 'api'], 'deploy takes one service, but api is a second argument.'],
    ['rollback', ['--to', 'web:4'], "'web:4' is not a revision."],
    ['rollback', ['--to', '0'], "'0' is not a revision."],
    ['rollback', ['--to', ''], '--to has no value.'],
    ['rollback', ['--to'], '--to has no value.'],
  ])('is refused if it is wrong: %s %j', async (command, args, what) => {
    await expect(readOptions(command, '', args, {})).rejects.toMatchObject({
      code: 'ARGUMENTS',
      what,
      now: 'Nothing was changed.',
    });
  });

  test('is part of the command line that continues the run, and is not added to other advice', () => {
    const options = { stage: 'qa', target: 'sandbox', config: undefined, service: 'web', to: 4 } as const;
    expect(commandLine('rollback', options)).toBe('npm run rollback -- --stage qa web --to 4');
    expect(commandLine('deploy', options)).toBe('npm run deploy -- --stage qa web');
    expect(commandLine('provision', options)).toBe('npm run provision -- --stage qa');
    const continued = `${commandLine('rollback', options)}, to continue from here`;
    expect(withStackFlags(continued, options)).toBe(continued);
    expect(withStackFlags('npm run history -- api', options)).toBe('npm run history -- --stage qa api');
  });
});
