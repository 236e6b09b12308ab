// Someone else registers revisions in the family of the stack's task definition: they do not affect the stack, and are left alone.
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

/** Registers someone else's revision in the stack's family, and returns the ARN of the revision. */
async function registerForeignRevision({ aws }: Account, value = 'orders'): Promise<string> {
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

describe("someone else's revision in the stack's family", () => {
  test("does not hide the stack's older revision from a teardown, and is kept", async () => {
    const user = await provisionedAccount(stack());
    const foreign = await registerForeignRevision(user);
    expect(await user.teardown(stack())).toMatchObject({ json: { left: 0 } });
    expect(await revisions(user, 'ACTIVE')).toEqual([foreign]);
    expect(await revisions(user, 'INACTIVE')).toEqual([]);
    expect(user.census()).toEqual({ 'ecs.taskDefinitions': 1 });
  });

  test('does not hinder a provision, and is never deregistered', async () => {
    const user = await account();
    const foreignBefore = await registerForeignRevision(user);
    await user.provision(stack());
    const foreignAfter = await registerForeignRevision(user, 'billing');
    expect(await user.plan(stack())).toEqual([]);
    await user.provision(stack({ services: web({ api1: { environment: { LEVEL: 'debug' } } }) }));
    expect(await revisions(user, 'ACTIVE')).toEqual([
      foreignBefore,
      foreignAfter,
      user.ids()['taskDefinitions.web']?.['taskDefinitionArn'],
    ]);
    await user.teardown(stack());
    expect(await revisions(user, 'ACTIVE')).toEqual([foreignBefore, foreignAfter]);
    expect(await revisions(user, 'INACTIVE')).toEqual([]);
  });

  test('is not deleted, even if it is inactive', async () => {
    const user = await provisionedAccount(stack());
    const foreign = await registerForeignRevision(user);
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
