// The text of a status report.
import { describe, expect, test } from '@jest/globals';
import type { DeploymentStatus, StatusResult, TaskStatus } from '../../../lib/run/status-results.ts';
import { statusText } from '../../../status/text.ts';
import { clockText, uptimeText } from '../../../status/times.ts';
import { COST, RESULT, TASK } from './result.ts';

const NOW = Date.parse('2026-12-01T12:00:00.000Z');
const linesOf = (more: Partial<StatusResult> = {}) =>
  statusText({ ...RESULT, ...more }, COST, NOW).split('\n');

test('the text follows a request from DNS to the containers, and ends with the address', () => {
  expect(linesOf()).toEqual([
    'shop.example.com',
    '└─ load balancer shop-dev: active',
    '   ├─ /app  →  web/app:5000  2 of 3 healthy, 90 % of the requests',
    '   └─ /     →  a target group of no container  0 of 0 healthy',
    '',
    'web  healthy, 1 of 1 tasks are running, revision 7',
    '  task 43c4f811  running for 3 h 05 min, healthy, revision 7, 10.0.0.4',
    '    app  running, healthy, image sha256:d669aa2879c5',
    '    job  stopped, exit code 0',
    '',
    'cost on AWS: about $35 per month ($0.048 per hour): NAT gateway $35',
    '',
    'http://shop',
  ]);
});

describe('the text', () => {
  test('says so if the stack does not exist', () => {
    expect(linesOf({ resources: 0 })).toEqual(['shop-dev does not exist.']);
  });

  test('names the load balancer itself without a record, and nothing without a load balancer', () => {
    expect(linesOf({ records: [] })[0]).toBe('shop-dev-1.elb');
    expect(linesOf({ loadBalancer: null })[0]).toMatch(/^web {2}healthy/);
  });

  test('shows the versions of a deployment in progress, and nothing of a completed one', () => {
    const deployment = (revision: number, more: Partial<DeploymentStatus>): DeploymentStatus => ({
      ...{ service: 'web', revision, isNewest: true, desired: 2, running: 2, pending: 0, failed: 0 },
      ...{ rollout: 'COMPLETED', reason: '', since: '2026-12-01T11:00:00.000Z' },
      ...more,
    });
    const newest = deployment(8, { rollout: 'IN_PROGRESS', running: 0, pending: 1, failed: 3 });
    const old = deployment(7, { isNewest: false });
    expect(linesOf({ deployments: [newest, old] }).slice(6, 8)).toEqual([
      '  new version, revision 8: 0 of 2 tasks are running, 1 starting, 3 failed',
      '  old version, revision 7: 2 of 2 tasks are running',
    ]);
    expect(linesOf({ deployments: [deployment(7, {})] })).toEqual(linesOf());
  });

  test('shows the alarms that the configuration names', () => {
    const alarms = [
      { alarm: 'shop-5xx', state: 'INSUFFICIENT_DATA' },
      { alarm: 'shop-p99', state: null },
    ];
    expect(linesOf({ alarms })).toEqual(
      expect.arrayContaining(['alarm shop-5xx: insufficient data', 'alarm shop-p99: does not exist']),
    );
  });

  test('marks the tasks of an ECS service that is being replaced', () => {
    expect(linesOf({ tasks: [TASK, { ...TASK, id: 'old', former: true }] })).toContain(
      '  task old  running for 3 h 05 min, healthy, revision 7, 10.0.0.4, of the ECS service that is being replaced',
    );
  });

  test('shows warnings, tasks that have failed, and the latest messages', () => {
    const stopped = (reason: string): TaskStatus => ({ ...TASK, status: 'STOPPED', stoppedReason: reason });
    const [service] = RESULT.services;
    const lines = linesOf({
      services: service ? [{ ...service, healthy: false, warnings: ['0 of 1 tasks are running'] }] : [],
      tasks: [
        stopped('Scaling activity initiated by (deployment ecs-svc/1)'),
        ...[1, 2, 3, 4].map((number) => stopped(`Essential container ${number} exited`)),
      ],
      events: [1, 2, 3, 4].map((number) => ({
        ...{ service: 'web', text: `message ${number}` },
        at: '2026-11-01T11:59:00.000Z',
      })),
    });
    expect(lines.slice(5, 13)).toEqual([
      'web  unhealthy, 1 of 1 tasks are running, revision 7',
      '  warning: 0 of 1 tasks are running',
      '  task 43c4f811  has stopped: Essential container 1 exited',
      '  task 43c4f811  has stopped: Essential container 2 exited',
      '  and 2 more that have stopped within the last hour',
      expect.stringMatching(/^ {2}2026-11-01 \d\d:59 {2}message 1$/),
      expect.stringMatching(/message 2$/),
      expect.stringMatching(/message 3$/),
    ]);
  });

  test('says so if more tasks run than are desired, as in a deployment', () => {
    const [service] = RESULT.services;
    const services = service
      ? [{ ...service, healthy: false, deployment: 'in progress' as const, running: 2, desired: 1 }]
      : [];
    expect(linesOf({ services })).toContain('web  deploying, 2 tasks are running instead of 1, revision 7');
  });

  test('calls a service that is not deployed missing', () => {
    const [service] = RESULT.services;
    const lines = linesOf({ services: service ? [{ ...service, revision: null }] : [], tasks: [] });
    expect(lines).toContain('web  missing');
  });
});

test.each([
  [40_000, '40 s'],
  [12 * 60_000, '12 min'],
  [185 * 60_000, '3 h 05 min'],
  [52 * 3_600_000, '2 d 4 h'],
  [-5, '0 s'],
])('an uptime of %i ms is %s', (ms, text) => {
  expect(uptimeText(ms)).toBe(text);
});

test('a time of the last day has seconds, and an earlier one has a date', () => {
  expect(clockText('2026-12-01T11:59:58.000Z', NOW)).toMatch(/^\d\d:59:58$/);
  expect(clockText('2026-11-20T11:59:58.000Z', NOW)).toMatch(/^2026-11-\d\d \d\d:59$/);
});
