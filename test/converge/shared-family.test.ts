// Someone else registers revisions in the family of one of our task definitions: each revision has its own owner.
import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { account, type Account } from './harness.ts';
import { provisionedAccount } from './account-snapshots.ts';
import { stack, web } from './stacks.ts';

const FAMILY = 'shop-dev-web';

/** Registers someone else's revision in our family, and returns its ARN. */
async function registerForeign({ aws }: Account, value = 'orders'): Promise<string> {
  const { taskDefinition } = await aws.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: FAMILY,
      containerDefinitions: [{ name: 'other', image: 'other', memory: 128 }],
      tags: [{ key: 'team', value }],
    }),
  );
  return taskDefinition?.taskDefinitionArn ?? '';
}

const revisions = async ({ aws }: Account, status: 'ACTIVE' | 'INACTIVE'): Promise<string[]> =>
  (await aws.ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: FAMILY, status }))).taskDefinitionArns ??
  [];

describe("someone else's revision in our family", () => {
  test('does not hide ours from a teardown when it is newer, and stays', async () => {
    const user = await provisionedAccount(stack());
    const foreign = await registerForeign(user);
    expect(await user.teardown(stack())).toMatchObject({ json: { left: 0 } });
    expect(await revisions(user, 'ACTIVE')).toEqual([foreign]);
    expect(await revisions(user, 'INACTIVE')).toEqual([]);
    expect(user.census()).toEqual({ 'ecs.taskDefinitions': 1 });
  });

  test('is not in the way of a provision, and is never deregistered', async () => {
    const user = await account();
    const before = await registerForeign(user);
    await user.provision(stack());
    const after = await registerForeign(user, 'billing');
    expect(await user.plan(stack())).toEqual([]);
    await user.provision(stack({ services: web({ api1: { environment: { LEVEL: 'debug' } } }) }));
    expect(await revisions(user, 'ACTIVE')).toEqual([
      before,
      after,
      user.ids()['taskDefinitions.web']?.['taskDefinitionArn'],
    ]);
    await user.teardown(stack());
    expect(await revisions(user, 'ACTIVE')).toEqual([before, after]);
    expect(await revisions(user, 'INACTIVE')).toEqual([]);
  });

  test('that is inactive is not deleted', async () => {
    const user = await provisionedAccount(stack());
    const foreign = await registerForeign(user);
    await user.aws.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: foreign }));
    await user.teardown(stack());
    const { taskDefinition } = await user.aws.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: foreign }),
    );
    expect(taskDefinition?.status).toBe('INACTIVE');
    expect(await user.plan(stack())).toContainEqual(
      expect.objectContaining({ address: 'taskDefinitions.web', verb: 'create' }),
    );
  });
});
