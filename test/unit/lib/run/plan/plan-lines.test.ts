// A plan for people: its groups and their order, the entries, and what they mean for requests.
import { describe, expect, test } from '@jest/globals';
import { knownAfter, type Change, type FieldChange, type Verb } from '../../../../../lib/model/change.ts';
import type { Noun } from '../../../../../lib/model/architecture.ts';
import { harmfulEffects, planLines } from '../../../../../lib/run/plan/plan-lines.ts';
import { paintedLine } from '../../../../../lib/run/plan/paint.ts';
import { foundFor, type Resources } from '../../../engine-harness.ts';
import { config, surveyOf } from '../../../step-harness.ts';

const SECRET = 'hunter2';
const change = (
  noun: Noun,
  key: string,
  verb: Verb,
  fields: FieldChange[] = [],
  more: Partial<Change> = {},
) => ({ noun, key, verb, fields, reason: 'the reason', ...more }) as Change;
const field = (name: string, from: FieldChange['from'], to: FieldChange['to']): FieldChange => ({
  field: name,
  from,
  to,
});
const facts = (found: Resources = {}, stack = config()) => ({ config: stack, found: surveyOf(found) });
const lines = (changes: Change[], found: Resources = {}, columns = 80) =>
  planLines(changes, facts(found), { columns });
const aws = () => ({ ...config(), target: 'aws' as const });

describe('a first plan', () => {
  const changes = [
    change('roles', 'task', 'create', [field('inline policies', undefined, '')]),
    change('repositories', 'web-api1', 'create'),
    change('vpc', '', 'create'),
    change('subnets', 'public-1', 'create'),
    change('subnets', 'public-2', 'create'),
    change('loadBalancer', '', 'create', [field('scheme', undefined, 'internet-facing')]),
    change('rules', 'web-api1', 'create', [field('paths', undefined, '/api1, /api1/*')]),
    change('taskDefinitions', 'web', 'create'),
    change('services', 'web', 'create'),
  ];

  test('groups the resources, and combines those that can share a line', () => {
    expect(lines(changes)).toEqual([
      'Services: 3 to create',
      '  + service web: 1 task with 0.25 vCPU and 512 MiB, running api1, api2',
      '  + image repository of web/api1, task definition of web',
      'Routes: 2 to create',
      '  + load balancer: open to the internet',
      '  + route /api1: to web/api1, port 5000',
      'Network: 3 to create',
      '  + VPC, 2 subnets',
      'Permissions: 1 to create',
      '  + role of the programs: may do nothing',
    ]);
  });

  test.each([20, 40, 60, 80])('fits into %i columns', (columns) => {
    for (const line of lines(changes, {}, columns)) expect(line.length).toBeLessThanOrEqual(columns);
  });
});

describe('an update', () => {
  test('shows each field with its values, and names instead of ids', () => {
    const found = {
      securityGroups: { balancer: foundFor('securityGroups', 'balancer', { groupId: 'sg-1' }) },
    };
    expect(
      lines(
        [
          change('securityGroups', 'web', 'update', [
            field('ingress', 'tcp 80 0.0.0.0/0', 'tcp 5000 sg-1'),
            field('balancer egress', '', 'tcp 5000 sg-2'),
          ]),
          change('logGroup', '', 'update', [field('retention days', 14, 30)]),
        ],
        found,
      ),
    ).toEqual([
      'Network: 1 to update',
      '  ~ security group of web',
      '      allows port 5000 from the load balancer',
      '      no longer allows port 80 from anywhere (0.0.0.0/0)',
      'Logs: 1 to update',
      '  ~ log group of the containers',
      '      retention days: 14 → 30',
    ]);
  });

  test('of a version is shown with its service, without values that may be secret', () => {
    const definition = { containers: 'api1, api2' };
    const found = {
      taskDefinitions: { web: foundFor('taskDefinitions', 'web', { definition }) },
      services: { web: foundFor('services', 'web', { runningCount: 1 }) },
    };
    const text = lines(
      [
        change('taskDefinitions', 'web', 'update', [
          field('cpu', '256', '512'),
          field(
            'api1.image',
            `1.dkr.ecr/shop/web-api1@sha256:${'0123456789abcdef'.repeat(4)}`,
            knownAfter('images.web-api1'),
          ),
          field('api1.environment.TOKEN', 'old', SECRET),
        ]),
        change('services', 'web', 'update', [
          field('task definition', 'arn', knownAfter('taskDefinitions.web')),
          field('count', 1, 2),
        ]),
      ],
      found,
    );
    expect(text).toEqual([
      'Services: 2 to update',
      '  ~ service web',
      '      cpu: 256 → 512',
      '      image of api1: web-api1 0123456789ab → the new image',
      '      environment TOKEN of api1',
      '      count: 1 → 2',
      '      requests continue: the new tasks take over before the old ones stop',
    ]);
    expect(text.join()).not.toContain(SECRET);
  });

  test('of tags alone is one line for all resources with the same tags', () => {
    const tag = field('tag.team', undefined, 'blue');
    expect(lines([change('vpc', '', 'update', [tag]), change('cluster', '', 'update', [tag])])).toEqual([
      'Tags: 2 to update',
      '  ~ 2 resources: tag team: blue',
    ]);
  });
});

describe('what a change means for requests', () => {
  const effectOf = (one: Change, found: Resources = {}, stack = aws()) =>
    planLines([one], facts(found, stack), { columns: 200 })
      .slice(2)
      .map((line) => line.trim());

  test('a load balancer of another scheme: they fail, for a time that is stated on AWS', () => {
    const one = change('loadBalancer', '', 'replace', [field('scheme', 'internet-facing', 'internal')]);
    const failing = 'requests fail until the new load balancer is active and found by its new name';
    expect(effectOf(one)).toEqual([
      'scheme: internet-facing → internal',
      'why: the reason',
      `! ${failing}, usually 3 min`,
    ]);
    expect(effectOf(one, {}, { ...aws(), target: 'sandbox' } as never).at(-1)).toBe(`! ${failing}`);
    expect(harmfulEffects([one], facts({}, { ...config(), target: 'sandbox' }))).toEqual([
      `load balancer: ${failing}`,
    ]);
  });

  test.each<[string, Change]>([
    [
      'the old targets serve until the new ones are healthy',
      change('targetGroups', 'web-api1', 'replace', [], { replaces: 'old' }),
    ],
    [
      'the old route works until the new one does',
      change('rules', 'web-api1', 'replace', [], { replaces: 'old' }),
    ],
    [
      'the new tasks run beside the old ones until they take over',
      change('services', 'web', 'replace', [], { replaces: 'web~former' }),
    ],
    ['the old certificate is used until the new one is issued', change('certificate', '', 'replace')],
  ])('they continue: %s', (text, one) => {
    expect(effectOf(one).at(-1)).toBe(`requests continue: ${text}`);
    expect(harmfulEffects([one], facts())).toEqual([]);
  });

  test('a removed route, or a count of zero: they fail', () => {
    const found = {
      rules: { old: foundFor('rules', 'old', { paths: ['/old'] }), other: foundFor('rules', 'other') },
    };
    expect(effectOf(change('rules', 'old', 'remove'), found)).toEqual([
      '! requests to it get the answer of another route, or 404',
    ]);
    expect(effectOf(change('services', 'web', 'update', [field('count', 1, 0)])).at(-1)).toBe(
      '! requests fail from then on: no task runs',
    );
  });

  test('a service without running tasks: nothing is said', () => {
    const found = { services: { web: foundFor('services', 'web', { runningCount: 0 }) } };
    const deployed = change('services', 'web', 'update', [field('task definition', 'arn', knownAfter('x'))]);
    expect(effectOf(deployed, found)).toEqual([]);
  });
});

test('the group with the most important change comes first, and within a group, the most important change', () => {
  const [first, , third] = lines([
    change('cluster', '', 'create'),
    change('vpc', '', 'create'),
    change('natGateway', '', 'replace', [field('subnet', 'a', 'b')]),
  ]);
  expect([first, third]).toEqual(['Network: 1 to create, 1 to replace', '      subnet: a → b']);
});

describe('colour', () => {
  test('repeats what a line says', () => {
    const painted = ['Routes: 1 to replace', '  ± load balancer', '      ! requests fail'].map(paintedLine);
    expect(painted.every((line) => line.includes('\u001b['))).toBe(true);
    expect(painted.map((line) => line.replace(/\u001b\[\d+m/g, ''))).toEqual([
      'Routes: 1 to replace',
      '  ± load balancer',
      '      ! requests fail',
    ]);
  });

  test('leaves other lines as they are', () => {
    expect(paintedLine('      cpu: 256 → 512')).toBe('      cpu: 256 → 512');
  });
});
