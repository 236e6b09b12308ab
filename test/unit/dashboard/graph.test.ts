// The drawing follows a request from the address to the tasks; each target group leads to the tasks of its service.
import { describe, expect, test } from '@jest/globals';
import { graphOf } from '../../../dashboard/page/graph.js';
import { requestsPerDot } from '../../../dashboard/page/flow.js';
import type { Facts, Route, Task } from '../../../dashboard/page/state.js';

const NOW = Date.UTC(2026, 0, 1);
const route = (paths: string, container: string, trafficPercent = 100): Route => ({
  ...{ paths, container, trafficPercent },
  ...{ priority: 1, healthyTargets: 1, targets: 1 },
});
const task = (
  service: string,
  id: string,
  status = 'RUNNING',
  stoppedReason: string | null = null,
): Task => ({
  ...{ service, id, status, stoppedReason },
  ...{ health: 'HEALTHY', revision: 1, address: null, startedAt: new Date(NOW - 1000).toISOString() },
  containers: [],
});
const graph = (routes: Route[], tasks: Task[]) =>
  graphOf({ routes, tasks, loadBalancer: {} } as unknown as Facts, NOW);

describe('the graph', () => {
  test('connects each target group with the running tasks of its service only', () => {
    const { edges, ways } = graph(
      [route('/a', 'web/app:80'), route('/b', 'api/app:80')],
      [task('web', '1'), task('api', '2'), task('api', '3', 'PENDING')],
    );
    expect(edges.map(({ from, to }) => `${from} > ${to}`)).toEqual([
      'balancer > rule 1 /a',
      'rule 1 /a > group web/app:80 0',
      'balancer > rule 1 /b',
      'rule 1 /b > group api/app:80 0',
      'address > balancer',
      'group web/app:80 0 > task 1',
      'group api/app:80 0 > task 2',
    ]);
    expect(ways.map(({ edges: [first, ...rest] }) => [first, rest.length])).toEqual([
      ['address balancer', 3],
      ['address balancer', 3],
    ]);
  });

  test('draws both target groups of a container while requests are shifted, and none of the requests to an unused one', () => {
    const shifting = graph([route('/', 'web/app:80', 90), route('/', 'web/app:80', 10)], [task('web', '1')]);
    expect([shifting.rules.length, shifting.groups.length, shifting.ways.length]).toEqual([1, 2, 2]);
    const unused = graph([route('/', 'web/app:80'), route('/', 'web/app:80', 0)], [task('web', '1')]);
    expect(unused.ways).toHaveLength(1);
  });

  test('draws a task that has failed, but none that a deployment has stopped', () => {
    const { tasks } = graph(
      [],
      [
        task('web', '1', 'STOPPED', 'Scaling activity initiated by (deployment ecs-svc/1)'),
        task('web', '2', 'STOPPED', 'Essential container in task exited'),
        task('web', '3', 'STOPPED', 'Essential container in task exited'),
        task('web', '4'),
      ],
    );
    expect(tasks.map(({ id }) => id)).toEqual(['4', '2']);
  });

  test('counts the tasks beyond six of a service', () => {
    const many = Array.from({ length: 9 }, (_, index) => task('web', String(index)));
    const { tasks, hidden } = graph([], many);
    expect([tasks.length, hidden]).toEqual([6, { web: 3 }]);
  });
});

test.each([
  [1, 1],
  [24, 1],
  [40, 2],
  [200, 10],
  [100_000, 5000],
])('of %d requests per second, each dot stands for %d', (perSecond, requests) => {
  expect(requestsPerDot(perSecond)).toBe(requests);
});
