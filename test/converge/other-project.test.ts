// A stack with the same name and stage in another project is not changed or torn down by accident.
import { describe, expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account } from './harness.ts';
import { stack } from './stacks.ts';

const theirs = stack({ project: 'github.com/acme/shop' });
const ours = stack({ project: 'github.com/me/demo', logRetentionDays: 30 });

/** An account with the stack of another project, as a machine sees it that has no state file. */
async function accountWithTheirs(first: StackInput = theirs) {
  const user = await account();
  await user.provision(first);
  user.deleteState();
  return { user, before: user.census() };
}
const refused = {
  code: 'OTHER_PROJECT',
  why: 'It belongs to github.com/acme/shop, according to the tag slipway:project; this configuration belongs to github.com/me/demo.',
};

describe('the stack of another project', () => {
  test('is neither changed nor removed, but plan and drift describe it', async () => {
    const { user, before } = await accountWithTheirs();
    await expect(user.provision(ours)).rejects.toMatchObject(refused);
    await expect(user.teardown(ours)).rejects.toMatchObject(refused);
    expect(user.census()).toEqual(before);
    expect(await user.plan(ours)).not.toEqual([]);
    expect(await user.drift(ours)).toMatchObject({ exitCode: 2 });
    expect(await user.plan(theirs)).toEqual([]);
  });

  test('becomes ours with --adopt-stack, and is then no longer theirs', async () => {
    const { user } = await accountWithTheirs();
    await user.provision(ours, { adoptStack: true });
    expect(await user.plan(ours)).toEqual([]);
    user.deleteState();
    await expect(user.provision(theirs)).rejects.toMatchObject({ code: 'OTHER_PROJECT' });
  });

  test('is removed with --adopt-stack', async () => {
    const { user } = await accountWithTheirs();
    await user.teardown(ours, { adoptStack: true });
    expect(user.census()).toEqual({});
  });

  test('is not changed by a configuration without a project', async () => {
    const { user } = await accountWithTheirs();
    await expect(user.provision(stack())).rejects.toMatchObject({
      code: 'OTHER_PROJECT',
      why: expect.stringContaining('this configuration belongs to no project'),
    });
  });
});

describe('the stack of the same project', () => {
  test('is found without a state file, by a teammate or a CI job', async () => {
    const { user } = await accountWithTheirs();
    expect(await user.provision(theirs)).toEqual({ done: [], calls: [] });
  });

  test('gets its tag if an older version created it, without a new deployment', async () => {
    const { user } = await accountWithTheirs(stack());
    const { done, calls } = await user.provision(theirs);
    expect(done.every((change) => change.endsWith(' update'))).toBe(true);
    expect(calls).not.toContain('ecs:RegisterTaskDefinition');
    expect(calls).not.toContain('ecs:UpdateService');
    expect(await user.plan(theirs)).toEqual([]);
  });

  test('stays ours on a machine that provisioned it, when the repository is renamed', async () => {
    const user = await account();
    await user.provision(theirs);
    const renamed = stack({ project: 'github.com/acme/store' });
    await user.provision(renamed);
    expect(await user.plan(renamed)).toEqual([]);
  });
});
