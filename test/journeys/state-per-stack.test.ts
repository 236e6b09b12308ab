// Two configurations in one folder, a stack that is renamed, and a state file of an earlier version of Slipway.
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { machine } from './harness.ts';
import { echo, tinyStack } from './tiny-stack.ts';

const BLOG = {
  name: 'blog',
  region: 'eu-west-1',
  deregistrationDelaySeconds: 0,
  services: { web: { containers: { app: echo('app', 9000, '/app') } } },
};

test('each stack has its own state beside the configuration, a renamed stack can be removed under its former name, and the state file of an earlier version is moved', async () => {
  const user = await machine();
  const { folder, env, run } = user;
  await user.start('sandbox').outputs(/answers at/);
  // The commands run in the folder of this repository, but the state is beside the configuration.
  delete env['SLIPWAY_HOME'];
  const stateFolder = join(folder, '.slipway');
  const stateFiles = () =>
    readdirSync(stateFolder)
      .filter((name) => name !== 'sandbox' && !/^\.(durations\.json$|.*\.last-run$)/.test(name))
      .sort();
  const flags = tinyStack(user);
  const blogFlags = user.config(BLOG, 'blog.config.ts');

  const both = await Promise.all(
    [flags, blogFlags].map((stackFlags) => run('provision', ...stackFlags, '--no-wait')),
  );
  expect(both).toMatchObject([{ code: 0 }, { code: 0 }]);
  expect(stateFiles()).toEqual(['.gitignore', 'blog-dev.json', 'tiny-dev.json']);
  for (const stackFlags of [flags, blogFlags])
    expect(await run('provision', ...stackFlags, '--plan')).toMatchObject({ code: 0 });

  const renamedFlags = tinyStack(user, undefined, { name: 'small' });
  const planOfRenamed = await run('provision', ...renamedFlags, '--plan');
  expect(planOfRenamed).toMatchObject({ code: 2 });
  const [, leftover, removalCommand = ''] =
    /had another name before: (.*)\. To remove them: npm run (.*)$/m.exec(planOfRenamed.stderr) ?? [];
  expect(leftover).toMatch(/^tiny-dev still holds \d\d resources on sandbox$/);
  expect(removalCommand).toBe(`teardown -- ${renamedFlags.join(' ')} --name tiny`);
  expect(stateFiles()).toContain('tiny-dev.json');

  const removalRun = await run('teardown', ...removalCommand.replace('teardown -- ', '').split(' '));
  expect(removalRun).toMatchObject({ code: 0, lastLine: expect.stringMatching(/^tiny-dev is gone, 0 left/) });
  expect(stateFiles()).toEqual(['.gitignore', 'blog-dev.json']);
  expect((await run('provision', ...renamedFlags, '--plan')).stderr).not.toContain('another name');

  renameSync(join(stateFolder, 'blog-dev.json'), join(stateFolder, 'dev.json'));
  env['SLIPWAY_HOME'] = stateFolder;
  const runAfterMove = await run('provision', ...blogFlags, '--plan');
  expect(runAfterMove).toMatchObject({ code: 0 });
  expect(runAfterMove.stderr).toContain(
    `The state of blog-dev has moved from ${join(stateFolder, 'dev.json')}`,
  );
  expect(await run('teardown', ...blogFlags)).toMatchObject({ code: 0 });
  expect(stateFiles()).toEqual(['.gitignore']);
  expect(await user.census()).toEqual({});
}, 300_000);
