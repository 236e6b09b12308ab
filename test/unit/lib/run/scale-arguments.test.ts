// The arguments of `scale`: a service, and a whole number of tasks.
import { describe, expect, test } from '@jest/globals';
import { commandLine, withStackFlags } from '../../../../lib/run/command-line.ts';
import { readOptions } from '../../../../lib/run/options.ts';

const read = (...args: string[]) => readOptions('scale', '', args, {});

describe('the arguments of scale', () => {
  test.each<[string[], object]>([
    [['web', '3'], { service: 'web', count: 3, stage: 'dev' }],
    [['--stage', 'qa', 'web', '0', '--yes'], { service: 'web', count: 0, stage: 'qa', yes: true }],
    [['web', '5000'], { service: 'web', count: 5000 }],
  ])('are read: %j', async (args, expected) => {
    await expect(read(...args)).resolves.toMatchObject({ options: expected });
  });

  test.each<[string[], string]>([
    [[], 'scale needs the name of a service and a number of tasks.'],
    [['web'], 'scale needs the number of tasks after web.'],
    [['web', ''], 'scale needs the number of tasks after web.'],
    [['web', 'three'], "'three' is not a number of tasks."],
    [['web', '1.5'], "'1.5' is not a number of tasks."],
    [['3', 'web'], "'web' is not a number of tasks."],
    [['web', '5001'], '5001 tasks are too many for one service.'],
    [['web', '3', '4'], 'scale takes a service and a number, but 4 is another argument.'],
  ])('are refused if they are wrong: %j', async (args, what) => {
    await expect(read(...args)).rejects.toMatchObject({
      code: 'ARGUMENTS',
      what,
      fix: ['npm run scale -- SERVICE N'],
    });
  });
});

test('a command line of scale names the service and the number, and advice keeps its own', () => {
  const options = { stage: 'qa', target: 'sandbox', config: undefined, service: 'web', count: 0 } as const;
  expect(commandLine('scale', options)).toBe('npm run scale -- --stage qa web 0');
  expect(withStackFlags('npm run scale -- web 1, to return to it', options)).toBe(
    'npm run scale -- --stage qa web 1, to return to it',
  );
});

const CHANGING = ['--adopt-stack', '--events', '--no-wait', '--yes'];
test.each([
  ['open', ['--no-open']],
  ['scale', CHANGING],
  ['restart', CHANGING],
] as const)('the options of %s are those of every command, and its own', async (command, own) => {
  const result = await readOptions(command, 'Purpose.', ['--help'], {});
  const help = 'help' in result ? result.help : '';
  const listed = [...help.matchAll(/^ {2}(?:-h, )?(--[\w-]+)/gm)].map(([, long]) => long);
  const ofEvery = ['--config', '--help', '--json', '--plain', '--stage', '--target', '--version'];
  expect(listed.sort()).toEqual([...ofEvery, ...own].sort());
});
