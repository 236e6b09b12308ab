// The removal of a task definition family: revisions are deregistered one by one, and deleted ten per call.
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { toCamelCaseTags, type Tags } from '../../../../lib/derive/tags.ts';
import type { FoundTaskDefinition } from '../../../../lib/look/task-definitions.ts';
import { taskDefinitions } from '../../../../teardown/steps/task-definitions.ts';
import { awsError, mocks, mutations, ourTags, sentCalls, removeContextOf } from '../../step-harness.ts';

const arn = (revision: number, family = 'shop-dev-web') =>
  `arn:aws:ecs:eu-west-1:111122223333:task-definition/${family}:${revision}`;
const revisions = (count: number, from = 1) => Array.from({ length: count }, (_, index) => arn(from + index));
const item = { family: 'shop-dev-web', taskDefinitionArn: arn(1) } as FoundTaskDefinition;
const remove = () => taskDefinitions.remove(removeContextOf({ noun: 'taskDefinitions', key: 'web' }, item));
const deregisterCall = (taskDefinition: string) => ({
  command: 'DeregisterTaskDefinition',
  input: { taskDefinition },
});
const deleteCall = (...all: string[]) => ({
  command: 'DeleteTaskDefinitions',
  input: { taskDefinitions: all },
});

/** Mocks the revisions of the family, in pages of five. Revisions have our tags, except those in `tagsOfOthers`. */
function mockRevisions(
  active: readonly string[],
  inactive: readonly string[] = [],
  tagsOfOthers: Readonly<Record<string, Tags>> = {},
): void {
  mocks.ecs
    .on(DescribeTaskDefinitionCommand)
    .callsFake(({ taskDefinition: taskDefinitionArn }: { taskDefinition: string }) => ({
      taskDefinition: { taskDefinitionArn },
      tags: toCamelCaseTags(tagsOfOthers[taskDefinitionArn] ?? ourTags('taskDefinitions', 'web')),
    }));
  mocks.ecs
    .on(ListTaskDefinitionsCommand)
    .callsFake(({ status, nextToken }: { status: string; nextToken?: string }) => {
      const all = status === 'ACTIVE' ? active : inactive;
      const start = Number(nextToken ?? 0);
      const next = start + 5 < all.length ? String(start + 5) : undefined;
      return { taskDefinitionArns: all.slice(start, start + 5), nextToken: next };
    });
  mocks.ecs.on(DeregisterTaskDefinitionCommand).resolves({});
  mocks.ecs.on(DeleteTaskDefinitionsCommand).resolves({ failures: [] });
}

test('removes what is ours: every revision is deregistered before it is deleted', async () => {
  mockRevisions(revisions(11), [arn(20)]);
  expect(await remove()).toBeUndefined();
  expect(mutations()).toEqual([
    ...revisions(11).map(deregisterCall),
    deleteCall(...revisions(10)),
    deleteCall(arn(11), arn(20)),
  ]);
  expect(sentCalls()).toContainEqual({
    command: 'ListTaskDefinitions',
    input: { familyPrefix: 'shop-dev-web', status: 'INACTIVE' },
  });
});

test('removes what is ours: a revision that another run has deregistered is deleted', async () => {
  mockRevisions([], revisions(2));
  await remove();
  expect(mutations()).toEqual([deleteCall(...revisions(2))]);
});

test('removes what is ours: calls are made in sequence, since AWS allows one per second', async () => {
  mockRevisions(revisions(3));
  let underWay = 0;
  mocks.ecs.on(DeregisterTaskDefinitionCommand).callsFake(async () => {
    underWay += 1;
    expect(underWay).toBe(1);
    await Promise.resolve();
    underWay -= 1;
    return {};
  });
  await remove();
  expect(mutations()).toHaveLength(4);
});

test('removes what is ours: revisions of others are kept, whether active or not, and the recorded revision is removed even without its tags', async () => {
  const others: Record<string, Tags> = {
    [arn(3)]: { 'slipway:stack': 'shop-prod' },
    [arn(5)]: { team: 'orders' },
    [arn(1)]: {},
  };
  mockRevisions([arn(1), arn(2), arn(3)], [arn(4), arn(5)], others);
  await remove();
  expect(mutations()).toEqual([
    deregisterCall(arn(1)),
    deregisterCall(arn(2)),
    deleteCall(arn(1), arn(2), arn(4)),
  ]);
});

test("keeps another family, even if its name starts with this family's name", async () => {
  mockRevisions([arn(1), arn(1, 'shop-dev-web-2')]);
  await remove();
  expect(mutations()).toEqual([deregisterCall(arn(1)), deleteCall(arn(1))]);
});

test('counts a missing resource as removed', async () => {
  mockRevisions(revisions(2));
  mocks.ecs
    .on(DeregisterTaskDefinitionCommand)
    .rejects(awsError('ClientException', 'The specified task definition does not exist.'));
  mocks.ecs
    .on(DeleteTaskDefinitionsCommand)
    .resolves({ failures: [{ arn: arn(1), reason: 'MISSING', detail: 'was not found' }] });
  expect(await remove()).toBeUndefined();
});

test('counts a missing resource as removed: a family without revisions', async () => {
  mockRevisions([]);
  expect(await remove()).toBeUndefined();
  expect(mutations()).toEqual([]);
});

test('throws the error when AWS refuses a call', async () => {
  mockRevisions(revisions(2));
  mocks.ecs.on(DeregisterTaskDefinitionCommand).rejects(awsError('ClientException', 'something else'));
  await expect(remove()).rejects.toMatchObject({ message: 'something else' });
  expect(mutations()).toEqual([deregisterCall(arn(1))]);
});

test('explains refusal: the problem lists revisions that ECS reports as failures in a successful response', async () => {
  mockRevisions(revisions(1));
  mocks.ecs
    .on(DeleteTaskDefinitionsCommand)
    .resolves({ failures: [{ arn: arn(1), reason: 'ACTIVE', detail: 'It is still in ACTIVE status.' }] });
  await expect(remove()).rejects.toMatchObject({
    code: 'REFUSED',
    what: 'ECS did not delete shop-dev-web:1.',
    why: 'It is still in ACTIVE status.',
  });
});
