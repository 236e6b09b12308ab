// A stack with the same name and stage in another project is not changed or torn down by accident.
import { describe, expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account } from './harness.ts';
import { stack } from './stacks.ts';

const theirStack = stack({ project: 'github.com/acme/shop' });
const ourStack = stack({ project: 'github.com/me/demo', logRetentionDays: 30 });

/** Opens an account that contains the stack of another project. This machine has no state file for that stack. */
async function accountWithTheirStack(provisioned: StackInput = theirStack) {
  const user = await account();
  await user.provision(provisioned);
  user.deleteState();
  return { user, before: user.census() };
}
const otherProjectProblem = {
  code: 'OTHER_PROJECT',
  why: 'It belongs to github.com/acme/shop, according to the tag slipway:project; this configuration belongs to github.com/me/demo.',
};

describe('the stack of another project', () => {
  test('is neither changed nor removed, but plan and drift describe it', async () => {
    const { user, before } = await accountWithTheirStack();
    await expect(user.provision(ourStack)).rejects.toMatchObject(otherProjectProblem);
    await expect(user.teardown(ourStack)).rejects.toMatchObject(otherProjectProblem);
    expect(user.census()).toEqual(before);
    expect(await user.plan(ourStack)).not.toEqual([]);
    expect(await user.drift(ourStack)).toMatchObject({ exitCode: 2 });
    expect(await user.plan(theirStack)).toEqual([]);
  });

  test('becomes ours after a provision with --adopt-stack, and is then no longer theirs', async () => {
    const { user } = await accountWithTheirStack();
    await user.provision(ourStack, { adoptStack: true });
    expect(await user.plan(ourStack)).toEqual([]);
    user.deleteState();
    await expect(user.provision(theirStack)).rejects.toMatchObject({ code: 'OTHER_PROJECT' });
  });

  test('is removed by a teardown with --adopt-stack', async () => {
    const { user } = await accountWithTheirStack();
    await user.teardown(ourStack, { adoptStack: true });
    expect(user.census()).toEqual({});
  });

  test('is not changed by a configuration without a project', async () => {
    const { user } = await accountWithTheirStack();
    await expect(user.provision(stack())).rejects.toMatchObject({
      code: 'OTHER_PROJECT',
      why: expect.stringContaining('this configuration belongs to no project'),
    });
  });
});

describe('the stack of the same project', () => {
  test('is found without a state file, by a teammate or a CI job', async () => {
    const { user } = await accountWithTheirStack();
    expect(await user.provision(theirStack)).toEqual({ done: [], calls: [] });
  });

  test('gets the project tag without a new deployment if an older version created the stack', async () => {
    const { user } = await accountWithTheirStack(stack());
    const { done, calls } = await user.provision(theirStack);
    expect(done.every((change) => change.endsWith(' update'))).toBe(true);
    expect(calls).not.toContain('ecs:RegisterTaskDefinition');
    expect(calls).not.toContain('ecs:UpdateService');
    expect(await user.plan(theirStack)).toEqual([]);
  });

  test('is not refused after the repository is renamed, on a machine that provisioned the stack', async () => {
    const user = await account();
    await user.provision(theirStack);
    const renamedStack = stack({ project: 'github.com/acme/store' });
    await user.provision(renamedStack);
    expect(await user.plan(renamedStack)).toEqual([]);
  });
});
