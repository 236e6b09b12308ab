// The facts of a status report, from a survey and from what runs at the moment.
import { expect, test } from '@jest/globals';
import type { LiveFacts } from '../../../status/live-facts.ts';
import { factsOf } from '../../../status/facts.ts';
import { foundFor } from '../engine-harness.ts';
import { surveyOf } from '../step-harness.ts';

const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/shop-dev-web/1';
const OTHER = 'arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/shop-dev-web-2/2';
const found = surveyOf({
  services: {
    web: {
      ...foundFor('services', 'web'),
      loadBalancers: [`app:5000 → ${GROUP} or ${OTHER}, by rule as role`],
    },
  },
  rules: {
    'web-app': {
      ...foundFor('rules', 'web-app'),
      ...{ paths: ['/app'], priority: 20 },
      groups: [
        { targetGroupArn: GROUP, weight: 90 },
        { targetGroupArn: OTHER, weight: 10 },
      ],
    },
    'web-admin': {
      ...foundFor('rules', 'web-admin'),
      ...{ paths: ['/admin'], priority: 10 },
      groups: [
        { targetGroupArn: 'arn:other', weight: 1 },
        { targetGroupArn: GROUP, weight: 0 },
      ],
    },
  },
});
const live: LiveFacts = {
  deployments: new Map(),
  targets: new Map([
    [GROUP, { healthy: 2, total: 3 }],
    [OTHER, { healthy: 1, total: 1 }],
  ]),
  targetHealth: new Map(),
  tasks: new Map([
    [
      'web',
      [
        { taskArn: 'arn:task/old', lastStatus: 'STOPPED', startedAt: new Date(1_000) },
        {
          taskArn: 'arn:task/new',
          ...{ lastStatus: 'RUNNING', healthStatus: 'HEALTHY', startedAt: new Date(2_000) },
          taskDefinitionArn: 'arn:aws:ecs:eu-west-1:000000000000:task-definition/shop-dev-web:7',
          containers: [
            {
              name: 'app',
              ...{ lastStatus: 'RUNNING', imageDigest: 'sha256:1' },
              networkInterfaces: [{ privateIpv4Address: '10.0.0.4' }],
            },
          ],
        },
        { taskArn: 'arn:task/next', lastStatus: 'PENDING' },
      ],
    ],
  ]),
  events: new Map([
    [
      'web',
      Array.from({ length: 9 }, (_, index) => ({
        createdAt: new Date(index * 1_000),
        message: `(service shop-dev-web) registered ${index} targets in (target-group ${GROUP})`,
      })),
    ],
  ]),
};

test('a route names its container, its targets, and its share of the requests, in the order of the rules', () => {
  expect(factsOf(found, live).routes).toEqual([
    {
      ...{ paths: '/admin', priority: 10, container: null, trafficPercent: 100 },
      ...{ healthyTargets: 0, targets: 0 },
    },
    {
      ...{ paths: '/app', priority: 20, container: 'web/app:5000', trafficPercent: 90 },
      ...{ healthyTargets: 2, targets: 3 },
    },
    {
      ...{ paths: '/app', priority: 20, container: 'web/app:5000', trafficPercent: 10 },
      ...{ healthyTargets: 1, targets: 1 },
    },
  ]);
});

test('the newest task is first, and one that has not started yet is before it', () => {
  const { tasks } = factsOf(found, live);
  expect(tasks.map(({ id }) => id)).toEqual(['next', 'new', 'old']);
  expect(tasks[1]).toEqual({
    ...{ service: 'web', former: false, id: 'new' },
    ...{ status: 'RUNNING', health: 'HEALTHY', revision: 7 },
    ...{ address: '10.0.0.4', startedAt: '1970-01-01T00:00:02.000Z', stoppedReason: null },
    containers: [
      { container: 'app', status: 'RUNNING', health: 'UNKNOWN', digest: 'sha256:1', exitCode: null },
    ],
  });
  expect(tasks[2]?.stoppedReason).toBe('unknown');
});

test('at most five messages of ECS are reported per service, without its name and without ARNs', () => {
  const { events } = factsOf(found, live);
  expect(events).toHaveLength(5);
  expect(events[0]).toEqual({
    service: 'web',
    at: '1970-01-01T00:00:00.000Z',
    text: 'registered 0 targets in (target-group shop-dev-web)',
  });
});

test('a name with a record for each family of addresses is reported once', () => {
  const record = (key: string, recordName: string) => ({ ...foundFor('record', key), recordName });
  const both = surveyOf({
    record: {
      '': record('', 'shop.example.com.'),
      'shop.example.com/AAAA': record('shop.example.com/AAAA', 'shop.example.com.'),
      'www.example.com': record('www.example.com', 'www.example.com.'),
    },
  });
  expect(factsOf(both, live).records).toEqual(['shop.example.com', 'www.example.com']);
});

test('each version that has tasks is reported, the newest first', () => {
  const deployments = new Map([
    [
      'web',
      [
        {
          ...{ status: 'PRIMARY', taskDefinition: 'arn:task-definition/shop-dev-web:8', desiredCount: 2 },
          ...{ runningCount: 1, pendingCount: 1, rolloutState: 'IN_PROGRESS' as const },
        },
        { status: 'ACTIVE', taskDefinition: 'arn:task-definition/shop-dev-web:7', desiredCount: 2 },
      ],
    ],
  ]);
  expect(factsOf(found, { ...live, deployments }).deployments).toMatchObject([
    { service: 'web', revision: 8, isNewest: true, running: 1, pending: 1, rollout: 'IN_PROGRESS' },
    { service: 'web', revision: 7, isNewest: false, desired: 2, running: 0, rollout: '' },
  ]);
});

test('without a load balancer, there is no way of a request', () => {
  expect(
    factsOf(surveyOf(), {
      tasks: new Map(),
      targets: new Map(),
      targetHealth: new Map(),
      events: new Map(),
      deployments: new Map(),
    }),
  ).toEqual({
    ...{ loadBalancer: null, records: [], routes: [], deployments: [], tasks: [], events: [] },
  });
});

test('a service that is being replaced has one name, and its former tasks and messages are reported with it', () => {
  const former = 'web~former';
  const services = {
    ...{ web: { ...foundFor('services', 'web'), loadBalancers: [] } },
    [former]: { ...foundFor('services', former), loadBalancers: [`app:5000 → ${GROUP}`] },
  };
  const at = (second: number) => ({ createdAt: new Date(second * 1_000), message: `message ${second}` });
  const facts = factsOf(surveyOf({ services, rules: Object.fromEntries(found.rules) }), {
    ...live,
    tasks: new Map([
      ['web', [{ taskArn: 'arn:task/new', startedAt: new Date(2_000) }]],
      [former, [{ taskArn: 'arn:task/old', startedAt: new Date(1_000) }]],
    ]),
    events: new Map([
      ['web', [at(4), at(2)]],
      [former, [at(3), at(1)]],
    ]),
  });
  expect(JSON.stringify(facts)).not.toContain('~');
  expect(facts.routes.map(({ container }) => container)).toEqual([null, 'web/app:5000', null]);
  expect(facts.tasks.map(({ service, id, former: isFormer }) => [service, id, isFormer])).toEqual([
    ['web', 'new', false],
    ['web', 'old', true],
  ]);
  expect(facts.events.map(({ text }) => text)).toEqual(['message 4', 'message 3', 'message 2', 'message 1']);
});
