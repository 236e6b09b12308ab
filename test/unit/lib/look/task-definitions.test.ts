// The look for task definitions: the newest revision of each family.
import {
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs';
import { beforeEach, expect, test } from '@jest/globals';
import { lookTaskDefinitions } from '../../../../lib/look/task-definitions.ts';
import { toCamelCaseTags, type Tags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, lookContextOf, sent } from '../../step-harness.ts';

const ours = (key: string) => ourTags('taskDefinitions', key);
const missing = awsError('ClientException', 'Unable to describe task definition.');

/** The tags of the active task definitions, and of the inactive ones, by family. Each family only has revision 7. */
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
        familyPrefix in (status === 'ACTIVE' ? active : inactive) ? [`arn:${familyPrefix}:7`] : [],
    }));
  mocks.ecs
    .on(DescribeTaskDefinitionCommand)
    .callsFake(({ taskDefinition: reference }: { taskDefinition: string }) => {
      const family = reference.replace(/^arn:|:7$/g, '');
      const isActive = reference in active;
      const tags = isActive ? active[family] : reference.startsWith('arn:') ? inactive[family] : undefined;
      if (!tags) throw missing;
      return {
        taskDefinition: {
          taskDefinitionArn: `arn:${family}:7`,
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
  active = { 'shop-dev-old': ours('old'), 'shop-dev-web': ours('web') };
  const found = await lookTaskDefinitions(lookContextOf());
  expect([...found.keys()]).toEqual(['old', 'web']);
  expect(found.get('web')).toEqual({
    taskDefinitionArn: 'arn:shop-dev-web:7',
    family: 'shop-dev-web',
    status: 'ACTIVE',
    definition: { cpu: '256', containers: '' },
    older: 0,
    tags: ours('web'),
  });
  expect(sent()[0]).toEqual({
    command: 'ListTaskDefinitionFamilies',
    input: { familyPrefix: 'shop-dev-', status: 'ALL' },
  });
});

test('the look returns revisions that an interrupted teardown has deregistered but not deleted', async () => {
  inactive = { 'shop-dev-web': ours('web') };
  expect((await lookTaskDefinitions(lookContextOf())).get('web')).toMatchObject({
    taskDefinitionArn: 'arn:shop-dev-web:7',
    status: 'INACTIVE',
    tags: ours('web'),
  });
  expect(sent()).toContainEqual({
    command: 'ListTaskDefinitions',
    input: { familyPrefix: 'shop-dev-web', status: 'INACTIVE', sort: 'DESC', maxResults: 1 },
  });
});

test('the look returns the number of earlier revisions that can still start tasks', async () => {
  active = { 'shop-dev-web': ours('web') };
  const taskDefinitionArns = ['arn:task-definition/shop-dev-web:5', 'arn:task-definition/shop-dev-web:6'];
  mocks.ecs.on(ListTaskDefinitionsCommand).resolves({ taskDefinitionArns });
  expect((await lookTaskDefinitions(lookContextOf())).get('web')).toMatchObject({ older: 2 });
});

test('the look finds nothing in a family whose revisions are all being deleted', async () => {
  inactive = { 'shop-dev-web': ours('web') };
  mocks.ecs.on(ListTaskDefinitionsCommand).resolves({ taskDefinitionArns: [] });
  expect((await lookTaskDefinitions(lookContextOf())).size).toBe(0);
});

test('the look finds nothing when the task definition is deleted during the look', async () => {
  inactive = { 'shop-dev-web': ours('web') };
  mocks.ecs.on(DescribeTaskDefinitionCommand).rejects(missing);
  expect((await lookTaskDefinitions(lookContextOf())).size).toBe(0);
});

test('the look returns a foreign task definition only if it has one of our names', async () => {
  active = {
    'shop-dev-web': { owner: 'bob' },
    'shop-dev-2-web': { 'slipway:stack': 'shop-dev-2' },
    'shop-dev-other': {},
  };
  const found = await lookTaskDefinitions(lookContextOf());
  expect([...found.keys()]).toEqual(['web']);
  expect(found.get('web')?.tags).toEqual({ owner: 'bob' });
});

test('the look fails with any other error', async () => {
  active = { 'shop-dev-web': ours('web') };
  mocks.ecs.on(DescribeTaskDefinitionCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
  await expect(lookTaskDefinitions(lookContextOf())).rejects.toMatchObject({ message: 'not allowed' });
});
