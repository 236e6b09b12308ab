/** For tests of the wait for a service: the wait with its own clock, and mocks of what it looks up. */
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  type Service as EcsService,
  type Task,
} from '@aws-sdk/client-ecs';
import {
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach } from '@jest/globals';
import type { Change } from '../../../../lib/model/change.ts';
import type { Service } from '../../../../lib/config/config.ts';
import { REAL_PROOF } from '../../../../lib/engine/waits.ts';
import type { FoundService } from '../../../../lib/look/services.ts';
import { until } from '../../../../lib/engine/until.ts';
import type { ServiceIds, WaitContext } from '../../../../provision/done/followed-service.ts';
import { waitForService } from '../../../../provision/done/wait-for-service.ts';
import { config, mocks, lookContextOf, sentCalls, testClock } from '../../step-harness.ts';
import { existing } from '../../existing-resources.ts';
import { dateAt, NEW_DEFINITION, OLD_DEFINITION } from '../deployments.ts';

export const mockBalancer = (Code: 'active' | 'failed', Reason?: string) =>
  mocks.elbv2
    .on(DescribeLoadBalancersCommand)
    .resolves({ LoadBalancers: [{ LoadBalancerName: 'shop-dev', State: { Code, Reason } }] });
beforeEach(() => void mockBalancer('active'));
export const [web] = config().services as [Service];
/** The service with only its first container, `api1`. */
export const oneContainer: Service = { ...web, containers: web.containers.slice(0, 1) };
/** The service with one container that has no path. */
export const worker: Service = {
  ...oneContainer,
  containers: oneContainer.containers.map((one) => ({ ...one, path: undefined })),
};
export const notes: string[] = [];
/** The notes of the waits, each once: those until the deployment is completed, and those after that. */
export const pendingNotes = { deployment: [] as string[], targets: [] as string[], rollback: [] as string[] };
/** The duration of the last wait, in seconds. */
export let waitedSeconds = 0;
export const ids: ServiceIds = {
  taskDefinitions: new Map([['web', { taskDefinitionArn: NEW_DEFINITION }]]),
  targetGroups: new Map(Object.entries(existing.targetGroups)),
};

/** The context of a wait, with its own clock. Every wait probes once per second, and gives up after a minute. */
export function waitContext(more: Partial<WaitContext> = {}): WaitContext {
  const clock = testClock();
  const { signal } = new AbortController();
  notes.length = 0;
  for (const all of Object.values(pendingNotes)) all.length = 0;
  const noteOnce = (wait: string) => (text: string) => {
    const all = pendingNotes[wait as keyof typeof pendingNotes];
    if (all.at(-1) !== text) all.push(text);
  };
  return {
    ...lookContextOf(),
    proofTimes: REAL_PROOF,
    clock,
    note: (text) => void notes.push(text),
    until: (what, wait, probe, extraMs = 0) =>
      until(what, { first: 0, every: 1000, deadline: 60_000 + extraMs }, probe, {
        clock,
        signal,
        onPending: noteOnce(wait),
      }),
    ...more,
  };
}

/** Waits for a service. By default, this run did not change it. */
export async function wait(
  configured = web,
  returned?: EcsService,
  {
    alternates = {},
    onDeployed,
    ...more
  }: {
    readonly onDeployed?: () => void;
    readonly reportServing?: () => void;
    readonly change?: Change;
    readonly existing?: FoundService;
    /** The ARNs of alternate target groups, by key. */
    readonly alternates?: Readonly<Record<string, string>>;
  } = {},
): Promise<void> {
  const targetGroups = new Map(ids.targetGroups);
  for (const [key, targetGroupArn] of Object.entries(alternates)) targetGroups.set(key, { targetGroupArn });
  const context = waitContext(more);
  const start = context.clock.now();
  try {
    await waitForService(context, configured, { ...ids, targetGroups }, returned, onDeployed);
  } finally {
    waitedSeconds = Math.round((context.clock.now() - start) / 1000);
  }
}

/** Sets the responses to successive lookups of the service; the last is repeated. */
export const mockEcs = (...services: EcsService[]) => {
  const mock = mocks.ecs.on(DescribeServicesCommand);
  for (const one of services.slice(0, -1)) mock.resolvesOnce({ services: [one] });
  mock.resolves({ services: services.slice(-1) });
};

export const target = (State: string, Reason?: string, Description?: string): TargetHealthDescription =>
  ({
    Target: { Id: '10.0.1.5', Port: 5000 },
    TargetHealth: { State, Reason, Description },
  }) as TargetHealthDescription;
export const targets = (...all: TargetHealthDescription[]) => ({ TargetHealthDescriptions: all });
export const mockTargets = (...all: TargetHealthDescription[]) =>
  mocks.elbv2.on(DescribeTargetHealthCommand).resolves(targets(...all));

/** A running task of the new deployment. */
export const running = (id: string, more: Task = {}): Task => ({
  taskArn: `arn:aws:ecs:eu-west-1:111122223333:task/shop-dev/${id}`,
  taskDefinitionArn: NEW_DEFINITION,
  group: 'service:web',
  startedBy: 'ecs-svc/2',
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  createdAt: dateAt(Number(id)),
  startedAt: dateAt(Number(id)),
  containers: [
    { name: 'api1', image: 'shop/api1:2', networkInterfaces: [{ privateIpv4Address: '10.0.1.5' }] },
  ],
  ...more,
});
/** A running task of the previous version. */
export const runningOld = (id: string): Task =>
  running(id, {
    taskDefinitionArn: OLD_DEFINITION,
    startedBy: 'ecs-svc/1',
    containers: [{ name: 'api1', image: 'shop/api1:1' }],
  });
/** A task of the new deployment whose program exited with code 3. */
export const exited = (id: string, more: Task = {}): Task =>
  running(id, {
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    stoppingAt: dateAt(Number(id) + 1),
    stoppedAt: dateAt(Number(id) + 1),
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'api1', exitCode: 3 }],
    ...more,
  });

/** Sets the tasks that successive lookups return; the last response is repeated. */
export function mockTasks(...responses: Task[][]): void {
  let looks = 0;
  const tasksNow = () => responses[Math.min(looks, responses.length - 1)] ?? [];
  mocks.ecs
    .on(ListTasksCommand)
    .callsFake(({ desiredStatus }: { desiredStatus: string }) => ({
      taskArns: tasksNow()
        .filter((task) => task.desiredStatus === desiredStatus)
        .map(({ taskArn }) => taskArn),
    }))
    .on(DescribeTasksCommand)
    .callsFake(({ tasks }: { tasks: string[] }) => {
      const all = tasksNow();
      looks += 1;
      return { tasks: all.filter(({ taskArn = '' }) => tasks.includes(taskArn)) };
    });
}
export const commands = () => sentCalls().map(({ command }) => command);
