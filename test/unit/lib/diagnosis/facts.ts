/** For tests of the cause of a failure: facts about a deployment, with defaults. */
import type { Service } from '../../../../lib/config/config.ts';
import type { ContainerFacts, Facts, TaskFacts } from '../../../../lib/diagnosis/facts.ts';
import { config } from '../../step-harness.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const [configured] = config().services as [Service];
const [first] = configured.containers;
if (!first) throw new Error('The configuration has no container');

/** Returns a service with one routed container, `api`, on port 5000. */
export const serviceWith = (
  container: Partial<Service['containers'][number]> = {},
  service: Partial<Service> = {},
): Service => ({
  ...configured,
  name: 'web',
  memory: 512,
  graceSeconds: 60,
  containers: [
    {
      ...first,
      name: 'api',
      key: 'web-api',
      port: 5000,
      path: '/api',
      protocol: 'HTTP',
      environment: { PORT: '5000' },
      health: { ...first.health, path: '/healthz', matcher: '200-299', timeoutSeconds: 5 },
      ...container,
    },
  ],
  ...service,
});

export const containerFacts = (more: Partial<ContainerFacts> = {}): ContainerFacts => ({
  name: 'api',
  exitCode: undefined,
  reason: undefined,
  healthStatus: undefined,
  log: undefined,
  listeners: undefined,
  ...more,
});

/** Returns a task that started some seconds ago. */
export const taskWith = (more: Partial<TaskFacts> = {}, seconds = 90): TaskFacts => ({
  id: '1',
  status: 'RUNNING',
  stopCode: undefined,
  stoppedReason: undefined,
  createdAt: new Date(NOW - seconds * 1000),
  startedAt: new Date(NOW - seconds * 1000),
  stoppingAt: undefined,
  addresses: ['10.0.1.5'],
  containers: [containerFacts()],
  ...more,
});

/** Returns a task whose container exited. */
export const exitedTask = (exitCode: number, container: Partial<ContainerFacts> = {}, id = '1'): TaskFacts =>
  taskWith({
    id,
    status: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    stoppingAt: new Date(NOW - 89_000),
    containers: [containerFacts({ exitCode, ...container })],
  });

export const factsWith = (more: Partial<Facts> = {}): Facts => ({
  service: serviceWith(),
  logGroup: '/slipway/shop-dev',
  targetGroups: new Map([['shop-dev-web-api-1a2b', 'api']]),
  architecture: 'amd64',
  reason: undefined,
  events: [],
  tasks: [],
  targets: [],
  now: new Date(NOW),
  ...more,
});
