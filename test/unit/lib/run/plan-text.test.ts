// The text of a plan for people, and its data for scripts.
import { describe, expect, test } from '@jest/globals';
import { knownAfter, type Change, type FieldChange, type Verb } from '../../../../lib/model/change.ts';
import { countsByVerb, countsText, fieldText, planJson, planText } from '../../../../lib/run/plan-text.ts';

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

describe('the text of a plan', () => {
  test('every change has a line, and an update or a replacement has its fields below', () => {
    expect(planText(changes)).toEqual([
      '  + create   vpc                           so',
      '  ~ update   subnets.public-1              so',
      '      tag.Name: (none) → x',
      '  ± replace  natGateway                    so',
      '      address: eipalloc-1 → (known after elasticIp)',
      '  - remove   rules.web-old                 so',
      '  ~ update   taskDefinitions.web           so',
      '      api1.environment.TOKEN differs',
    ]);
  });

  test('a refused change has its own sign', () => {
    expect(planText([change('refused', 'cluster', '')])).toEqual([
      '  ! refused  cluster                       so',
    ]);
  });

  test('values are shown unchanged, and an empty value is shown as (empty)', () => {
    const textOf = (from: FieldChange['from'], to: FieldChange['to']) =>
      planText([change('update', 'vpc', '', { field: 'f', from, to })])[1]?.trim();
    expect(textOf(false, true)).toBe('f: false → true');
    expect(textOf(0, 14)).toBe('f: 0 → 14');
    expect(textOf('', 'x')).toBe('f: (empty) → x');
  });

  test('kept resources are listed by noun', () => {
    expect(planText([], ['vpc', 'subnets.public-1', 'subnets.public-2'])).toEqual([
      '  = keep     vpc',
      '  = keep     subnets                       public-1, public-2',
    ]);
  });

  test('two long lists are reduced to their differences', () => {
    const rule = (port: number) => `tcp ${port} sg-0123456789abcdef${port}`;
    const [a, b, c] = [rule(1), rule(2), rule(3)];
    const textOf = (from: string, to: string) => fieldText({ field: 'ingress', from, to });
    const openRule = 'tcp 9999 0.0.0.0/0';
    expect(textOf([a, b].join(', '), [a, c, b, openRule].join(', '))).toBe(
      `ingress: … → …, ${c}, ${openRule}`,
    );
    expect(textOf([a, b, c].join(', '), [openRule].join(', '))).toBe(
      `ingress: ${[a, b, c].join(', ')} → ${openRule}`,
    );
  });

  test('ARNs are shown as names, and long values are cut to the part that differs', () => {
    const textOf = (from: string, to: string) => fieldText({ field: 'f', from, to });
    const arn = (name: string) =>
      `arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/${name}/0123456789abcdef`;
    expect(textOf('arn:aws:ecs:eu-west-1:000000000000:task-definition/shop-dev-web:7', 'x')).toBe(
      'f: shop-dev-web:7 → x',
    );
    expect(textOf(`api:5000 → ${arn('one')}`, arn('two'))).toBe('f: api:5000 → one → two');
    const long = (end: string) => `${'x'.repeat(100)}${end}${'y'.repeat(100)}`;
    expect(textOf(long('A'), long('B'))).toBe(
      `f: …${'x'.repeat(16)}A${'y'.repeat(47)}… → …${'x'.repeat(16)}B${'y'.repeat(47)}…`,
    );
  });

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

test('a value of an environment variable is never shown: it may be a secret', () => {
  const all = [...planText(changes), JSON.stringify(planJson(changes, []))].join('\n');
  expect(all).toContain('api1.environment.TOKEN');
  expect(all).not.toContain(SECRET);
  expect(planJson(changes, []).changes.at(-1)?.fields).toEqual([{ field: 'api1.environment.TOKEN' }]);
});
