// The options of logs, and the command line that repeats them.
import { describe, expect, test } from '@jest/globals';
import { commandLine, withStackFlags } from '../../../../lib/run/command-line.ts';
import { readOptions } from '../../../../lib/run/options.ts';

describe('the lines of logs', () => {
  test('are selected by options, which the command line repeats', async () => {
    const args = ['web/app', '--follow', '--since', '2h', '--grep', 'a b'];
    const parsed = await readOptions('logs', '', args, {});
    expect(parsed).toMatchObject({
      options: { container: 'web/app', follow: true, since: '2h', grep: 'a b' },
    });
    if (!('options' in parsed)) throw new Error('no options');
    expect(commandLine('logs', parsed.options)).toBe(
      "npm run logs -- web/app --follow --since 2h --grep 'a b'",
    );
    // Advice names the lines itself.
    expect(withStackFlags('npm run logs -- web', { ...parsed.options, stage: 'qa' })).toBe(
      'npm run logs -- --stage qa web',
    );
  });

  test.each([
    [['--since', 'now'], "'now' is not a time."],
    [['--grep', ''], '--grep has no value.'],
    [['web', 'api'], 'logs takes one container, but api is a second argument.'],
  ])('are refused if %j', async (args, what) => {
    await expect(readOptions('logs', '', args, {})).rejects.toMatchObject({ code: 'ARGUMENTS', what });
  });
});
