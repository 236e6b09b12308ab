/** In the installed package, events and problems name the commands that its users type. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Event } from '../../../../lib/model/report.ts';

const agent = process.env['npm_config_user_agent'];
beforeEach(() => {
  jest.resetModules();
  process.env['SLIPWAY_IS_PACKAGE'] = 'true';
  process.env['npm_config_user_agent'] = 'pnpm/10.0.0 node/v22.0.0';
});
afterEach(() => {
  delete process.env['SLIPWAY_IS_PACKAGE'];
  if (agent === undefined) delete process.env['npm_config_user_agent'];
  else process.env['npm_config_user_agent'] = agent;
});

test('a problem has the commands of the package, with the flags of the stack, but its reason is quoted as it is', async () => {
  const { commandProblem } = await import('../../../../lib/run/command-problem.ts');
  const { DEFAULT_OPTIONS } = await import('../../../../lib/run/options.ts');
  const { problem } = await import('../../../../lib/model/problem.ts');
  const error = problem('BUILDER', {
    what: 'The image was not built.',
    why: 'It printed: try npm run deploy',
    now: 'To see it, npm run drift.',
    fix: ['npm run provision -- --builder bundle, to build without Docker'],
  });
  expect(commandProblem(error, 'provision', { ...DEFAULT_OPTIONS, stage: 'qa' }, false)).toMatchObject({
    why: 'It printed: try npm run deploy',
    now: 'To see it, pnpm exec slipway drift.',
    fix: ['pnpm exec slipway provision --stage qa --builder bundle, to build without Docker'],
  });
  expect(commandProblem(error, 'provision', undefined, false).fix).toEqual([
    'pnpm exec slipway provision --builder bundle, to build without Docker',
  ]);
});

test('an interrupted run names the command that continues it', async () => {
  const { commandProblem } = await import('../../../../lib/run/command-problem.ts');
  expect(commandProblem(new Error('aborted'), 'teardown', undefined, true).fix).toEqual([
    'pnpm exec slipway teardown, to continue from here',
  ]);
});

test('events have the commands of the package', async () => {
  const { withTypedCommands } = await import('../../../../lib/run/typed-commands.ts');
  const events: Event[] = [];
  withTypedCommands((event) => events.push(event))({ type: 'note', text: 'left for npm run provision: vpc' });
  expect(events).toEqual([{ type: 'note', text: 'left for pnpm exec slipway provision: vpc' }]);
});
