// The arguments that name the file of a saved plan.
import { describe, expect, test } from '@jest/globals';
import { readOptions } from '../../../../lib/run/options.ts';

const read = (...args: string[]) => readOptions('provision', 'Provisions the stack.', args, {});

describe('the file of a plan', () => {
  test('follows --plan after an equals sign only', async () => {
    await expect(read('--plan=plan-of-a-test.json')).resolves.toMatchObject({
      options: { plan: true, planOutput: 'plan-of-a-test.json', savedPlan: undefined },
    });
    await expect(read('--plan')).resolves.toMatchObject({ options: { plan: true, planOutput: undefined } });
    await expect(read('--plan=')).rejects.toMatchObject({ code: 'ARGUMENTS', what: '--plan= has no file.' });
    await expect(read('--plan=nowhere/plan.json')).rejects.toMatchObject({ code: 'PLAN_FILE' });
  });

  test('is an argument of provision; other words are mistaken options', async () => {
    await expect(read('nowhere.json')).rejects.toMatchObject({
      code: 'PLAN_FILE',
      what: 'There is no plan in nowhere.json.',
    });
    await expect(read('other.config.ts')).rejects.toMatchObject({ code: 'ARGUMENTS' });
    await expect(read('./a.json', './b.json')).rejects.toMatchObject({
      what: 'provision takes one saved plan, but ./b.json is a second argument.',
    });
  });

  test.each(['rollback', 'teardown'] as const)(
    'is refused by %s, whose plans are not saved',
    async (command) => {
      await expect(readOptions(command, '', ['--plan=plan.json'], {})).rejects.toMatchObject({
        code: 'ARGUMENTS',
        what: `${command} cannot save its plan.`,
      });
    },
  );

  test('is a part of the flag that npm keeps for itself', async () => {
    const env = { npm_lifecycle_event: 'provision', npm_config_plan: 'plan.json' };
    await expect(readOptions('provision', '', [], env)).rejects.toMatchObject({
      what: 'npm kept --plan for itself.',
      fix: ['npm run provision -- --plan=plan.json'],
    });
  });
});
