// The look for task definitions: our newest revision of each family.
import {
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { lookTaskDefinitions } from '../../../../lib/look/task-definitions.ts';
import type { LookContext } from '../../../../lib/look/context.ts';
import type { Noun } from '../../../../lib/model/architecture.ts';
import { toCamelCaseTags, type Tags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';

const definitionTags = (key: string) => ourTags('taskDefinitions', key);
const arnOf = (family: string) => `arn:task-definition/${family}:7`;
const missing = awsError('ClientException', 'Unable to describe task definition.');

/** The families with an active task definition and those with an inactive one, each with its tags. A family has only revision 7. */
let active: Record<string, Tags>;
let inactive: Record<string, Tags>;
beforeEach(() => {
  [active, inactive] = [{}, {}];
  mocks.ecs.on(ListTaskDefinitionFamiliesCommand).callsFake(({ nextToken }: { nextToken?: string }) => {
    const all = [...Object.keys(active), ...Object.keys(inactive)];
    const start = Number(nextToken ?? 0);
    const next = start + 1 < all.length ? String(start + 1) : undefined;
    return { families: all.slice(start, start + 1), nextToken: next };
  });
  mocks.ecs
    .on(ListTaskDefinitionsCommand)
    .callsFake(({ familyPrefix, status }: { familyPrefix: string; status: string }) => ({
      taskDefinitionArns:
        familyPrefix in (status === 'ACTIVE' ? active : inactive) ? [arnOf(familyPrefix)] : [],
    }));
  mocks.ecs
    .on(DescribeTaskDefinitionCommand)
    .callsFake(({ taskDefinition: reference }: { taskDefinition: string }) => {
      const family = reference.replace(/^arn:task-definition\/|:7$/g, '');
      const isActive = reference in active;
      const tags = isActive ? active[family] : reference.startsWith('arn:') ? inactive[family] : undefined;
      if (!tags) throw missing;
      return {
        taskDefinition: {
          taskDefinitionArn: arnOf(family),
          family,
          revision: 7,
          status: isActive ? 'ACTIVE' : 'INACTIVE',
          cpu: '256',
        },
        tags: toCamelCaseTags(tags),
      };
    });
});

test('the look reads our task definitions on any page, keyed by their services', async () => {
  active = { 'shop-dev-old': definitionTags('old'), 'shop-dev-web': definitionTags('web') };
  const found = await lookTaskDefinitions(lookContextOf());
  expect([...found.keys()]).toEqual(['old', 'web']);
  expect(found.get('web')).toEqual({
    taskDefinitionArn: arnOf('shop-dev-web'),
    family: 'shop-dev-web',
    status: 'ACTIVE',
    definition: { cpu: '256', containers: '' },
    olderRevisionCount: 0,
    tags: definitionTags('web'),
  });
  expect(sentCalls()[0]).toEqual({
    command: 'ListTaskDefinitionFamilies',
    input: { familyPrefix: 'shop-dev-', status: 'ALL' },
  });
});

test('the look returns revisions that an interrupted teardown has deregistered but not deleted', async () => {
  inactive = { 'shop-dev-web': definitionTags('web') };
  expect((await lookTaskDefinitions(lookContextOf())).get('web')).toMatchObject({
    taskDefinitionArn: arnOf('shop-dev-web'),
    status: 'INACTIVE',
    tags: definitionTags('web'),
  });
  expect(sentCalls()).toContainEqual({
    command: 'ListTaskDefinitions',
    input: { familyPrefix: 'shop-dev-web', status: 'INACTIVE' },
  });
});

describe('in a family with several revisions', () => {
  /** Mocks the revisions of the family `shop-dev-web`, the oldest first, with their tags. */
  const mockRevisions = (revisions: readonly (readonly [status: string, tags: Tags])[]): void => {
    active = { 'shop-dev-web': {} };
    const all = revisions.map(([status, tags], index) => {
      const revision = index + 1;
      const taskDefinitionArn = `arn:task-definition/shop-dev-web:${revision}`;
      return { taskDefinitionArn, family: 'shop-dev-web', revision, status, tags };
    });
    mocks.ecs.on(ListTaskDefinitionsCommand).callsFake(({ status }: { status: string }) => ({
      taskDefinitionArns: all
        .filter((one) => one.status === status)
        .map(({ taskDefinitionArn }) => taskDefinitionArn),
    }));
    mocks.ecs
      .on(DescribeTaskDefinitionCommand)
      .callsFake(({ taskDefinition: reference }: { taskDefinition: string }) => {
        const found = all.findLast(
          ({ taskDefinitionArn, family, status }) =>
            reference === taskDefinitionArn || (reference === family && status === 'ACTIVE'),
        );
        if (!found) throw missing;
        const { tags, ...taskDefinition } = found;
        return { taskDefinition, tags: toCamelCaseTags(tags) };
      });
  };
  const lookAtWeb = async (recorded?: LookContext['recorded']) =>
    (await lookTaskDefinitions({ ...lookContextOf(), recorded })).get('web');
  const foreign = { team: 'orders' };

  test('the look returns the number of our earlier revisions that can still start tasks', async () => {
    mockRevisions([
      ['ACTIVE', definitionTags('web')],
      ['ACTIVE', foreign],
      ['ACTIVE', definitionTags('web')],
      ['ACTIVE', definitionTags('web')],
    ]);
    expect(await lookAtWeb()).toMatchObject({
      taskDefinitionArn: 'arn:task-definition/shop-dev-web:4',
      olderRevisionCount: 2,
    });
  });

  test('the look returns our newest revision, even if a foreign revision is newer', async () => {
    mockRevisions([
      ['ACTIVE', definitionTags('web')],
      ['ACTIVE', { 'slipway:stack': 'other-prod' }],
      ['ACTIVE', foreign],
    ]);
    expect(await lookAtWeb()).toMatchObject({
      taskDefinitionArn: 'arn:task-definition/shop-dev-web:1',
      olderRevisionCount: 0,
    });
  });

  test('the look returns our newest inactive revision if all active revisions are foreign', async () => {
    const inactiveForeign = Array.from({ length: 7 }, () => ['INACTIVE', foreign] as const);
    mockRevisions([
      ['INACTIVE', definitionTags('web')],
      ['INACTIVE', definitionTags('web')],
      ...inactiveForeign,
      ['ACTIVE', foreign],
    ]);
    expect(await lookAtWeb()).toMatchObject({
      taskDefinitionArn: 'arn:task-definition/shop-dev-web:2',
      status: 'INACTIVE',
    });
  });

  test('the look returns a recorded revision that has lost its tags', async () => {
    mockRevisions([
      ['ACTIVE', {}],
      ['ACTIVE', foreign],
    ]);
    expect(await lookAtWeb()).toBeUndefined();
    const taskDefinitionArn = 'arn:task-definition/shop-dev-web:1';
    const recorded = (noun: Noun) =>
      new Map(noun === 'taskDefinitions' ? [['web', { taskDefinitionArn }]] : []);
    expect(await lookAtWeb(recorded)).toMatchObject({ taskDefinitionArn, olderRevisionCount: 0 });
  });
});

test('the look finds nothing in a family whose revisions are all being deleted', async () => {
  inactive = { 'shop-dev-web': definitionTags('web') };
  mocks.ecs.on(ListTaskDefinitionsCommand).resolves({ taskDefinitionArns: [] });
  expect((await lookTaskDefinitions(lookContextOf())).size).toBe(0);
});

test('the look finds nothing when the task definition is deleted during the look', async () => {
  inactive = { 'shop-dev-web': definitionTags('web') };
  mocks.ecs.on(DescribeTaskDefinitionCommand).rejects(missing);
  expect((await lookTaskDefinitions(lookContextOf())).size).toBe(0);
});

test('the look ignores foreign task definitions, even with one of our names, since they do not prevent a new revision', async () => {
  active = {
    'shop-dev-web': { owner: 'bob' },
    'shop-dev-2-web': { 'slipway:stack': 'shop-dev-2' },
    'shop-dev-other': {},
  };
  expect((await lookTaskDefinitions(lookContextOf())).size).toBe(0);
});

test('the look fails with any other error', async () => {
  active = { 'shop-dev-web': definitionTags('web') };
  mocks.ecs.on(DescribeTaskDefinitionCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
  await expect(lookTaskDefinitions(lookContextOf())).rejects.toMatchObject({ message: 'not allowed' });
});
