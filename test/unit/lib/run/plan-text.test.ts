// The counts of a plan, and its data for scripts.
import { describe, expect, test } from '@jest/globals';
import { knownAfter, type Change, type FieldChange, type Verb } from '../../../../lib/model/change.ts';
import { countsByVerb, countsText, planJson, withoutArns } from '../../../../lib/run/plan-text.ts';

const change = (verb: Verb, noun: Change['noun'], key: string, ...fields: FieldChange[]): Change => ({
  noun,
  key,
  verb,
  fields,
  reason: 'so',
});
const SECRET = 'hunter2';
const changes = [
  change('create', 'vpc', '', { field: 'cidr', from: undefined, to: '10.0.0.0/16' }),
  change('update', 'subnets', 'public-1', { field: 'tag.Name', from: undefined, to: 'x' }),
  change('replace', 'natGateway', '', { field: 'address', from: 'eipalloc-1', to: knownAfter('elasticIp') }),
  change('remove', 'rules', 'web-old'),
  change('update', 'taskDefinitions', 'web', { field: 'api1.environment.TOKEN', from: 'old', to: SECRET }),
];

describe('the counts of a plan', () => {
  test('changes are counted by verb, and so are kept resources', () => {
    expect(countsText(changes, 3)).toBe('1 to create, 2 to update, 1 to replace, 1 to remove, 3 to keep');
    expect(countsText([], 3)).toBe('3 to keep');
    expect(countsText([], 0)).toBe('nothing');
  });
});

describe('the data of a plan', () => {
  test('the data has the same addresses, verbs and reasons as the text', () => {
    expect(planJson(changes.slice(0, 3), ['cluster', 'subnets.public-2'])).toEqual({
      changes: [
        {
          address: 'vpc',
          verb: 'create',
          reason: 'so',
          fields: [{ field: 'cidr', from: null, to: '10.0.0.0/16' }],
        },
        {
          address: 'subnets.public-1',
          verb: 'update',
          reason: 'so',
          fields: [{ field: 'tag.Name', from: null, to: 'x' }],
        },
        {
          address: 'natGateway',
          verb: 'replace',
          reason: 'so',
          fields: [{ field: 'address', from: 'eipalloc-1', to: { knownAfter: 'elasticIp' } }],
        },
      ],
      kept: ['cluster', 'subnets.public-2'],
      counts: { create: 1, update: 1, replace: 1, remove: 0, keep: 2 },
    });
  });

  test('counts are present even when they are zero', () => {
    expect(countsByVerb([], 0)).toEqual({ create: 0, update: 0, replace: 0, remove: 0, keep: 0 });
  });
});

test('a value of an environment variable is never in the data: it may be a secret', () => {
  const data = planJson(changes, []);
  expect(JSON.stringify(data)).not.toContain(SECRET);
  expect(data.changes.at(-1)?.fields).toEqual([{ field: 'api1.environment.TOKEN' }]);
});

test('ARNs are shortened to names', () => {
  const arn = (rest: string) => `arn:aws:${rest}`;
  expect(withoutArns(arn('ecs:eu-west-1:000000000000:task-definition/shop-dev-web:7'))).toBe(
    'shop-dev-web:7',
  );
  expect(
    withoutArns(
      `api:5000 → ${arn('elasticloadbalancing:eu-west-1:000000000000:targetgroup/one/0123456789abcdef')}`,
    ),
  ).toBe('api:5000 → one');
  expect(withoutArns(arn('iam::000000000000:role/slipway/shop-dev/shop-dev-task'))).toBe('shop-dev-task');
});
