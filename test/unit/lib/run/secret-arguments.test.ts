// The arguments of `secret`: an action, and the name of a secret; the value is never an argument.
import { describe, expect, test } from '@jest/globals';
import { commandLine, withStackFlags } from '../../../../lib/run/command-line.ts';
import { readOptions } from '../../../../lib/run/options.ts';

const read = (...args: string[]) => readOptions('secret', '', args, {});

describe('the arguments of secret', () => {
  test.each<[string[], object]>([
    [['set', 'DATABASE_URL'], { action: 'set', secret: 'DATABASE_URL', service: undefined }],
    [
      ['set', '--stage', 'qa', 'A', '--key', 'alias/mine'],
      { action: 'set', secret: 'A', stage: 'qa', key: 'alias/mine' },
    ],
    [['list', '--json'], { action: 'list', secret: undefined, json: true }],
    [['remove', 'a.b-c_d', '--yes'], { action: 'remove', secret: 'a.b-c_d', yes: true }],
  ])('are read: %j', async (args, expected) => {
    await expect(read(...args)).resolves.toMatchObject({ options: expected });
  });

  test.each<[string[], string, RegExp]>([
    [[], 'secret needs an action.', /set, list and remove/],
    [['sett', 'A'], "'sett' is not an action of secret.", /Did you mean set\?/],
    [['set'], 'The name of the secret is missing.', /letters, digits/],
    [['set', 'A=canary'], 'The name of the secret is malformed.', /letters, digits/],
    [['set', 'A', 'canary'], 'set takes only the name of a secret.', /The value is not an argument/],
    [['list', 'A'], 'list takes no name.', /./],
  ])('are refused if they are wrong, without repeating a value: %j', async (args, what, why) => {
    const refused = await read(...args).then(
      () => undefined,
      (error: unknown) => error as { code: string; fix: string[] },
    );
    expect(refused).toMatchObject({ code: 'ARGUMENTS', what, why: expect.stringMatching(why) });
    expect(JSON.stringify(refused)).not.toContain('canary');
  });

  test('are part of the command line that runs it again, and not added to other advice', () => {
    const options = {
      stage: 'qa',
      target: 'sandbox',
      config: undefined,
      action: 'set',
      secret: 'A',
    } as const;
    expect(commandLine('secret', options)).toBe('npm run secret -- --stage qa set A');
    expect(commandLine('provision', options)).toBe('npm run provision -- --stage qa');
    expect(withStackFlags('npm run secret -- set B', options)).toBe('npm run secret -- --stage qa set B');
  });
});
