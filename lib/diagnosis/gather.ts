/** Gathers the facts about a deployment from AWS. A call that fails leaves its fact out. */
import type { Task } from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Aws } from '../aws/clients.ts';
import { isRouted, type Service } from '../config/config.ts';
import { architectureNames } from '../config/fargate.ts';
import type { Names } from '../derive/names.ts';
import { idOfTask, tasksOf, tasksOfDeployment } from '../look/tasks.ts';
import type { Clock } from '../model/clock.ts';
import type { Items } from '../model/resources.ts';
import { excerptOf } from './excerpt.ts';
import {
  endedOnItsOwn,
  type ContainerListener,
  type Facts,
  type ListenersOf,
  type NetworkFacts,
  type TargetFacts,
} from './facts.ts';
import { NO_NETWORK, shortened } from './messages.ts';
import { readNetwork } from './network.ts';
import { logStreamOf, readLogEnd } from './read-log.ts';
import { targetFacts, taskFacts, type Extras } from './task-facts.ts';

/** The clients and names that gathering uses. */
export interface GatherContext {
  readonly aws: Aws;
  readonly names: Names;
  readonly clock: Clock;
  /** Returns where the containers of a task listen, if the target knows it, as the sandbox does. */
  readonly listenersOf?: ListenersOf | undefined;
}

/** The deployment that the facts are about. */
export interface GatheredDeployment {
  readonly service: Service;
  readonly taskDefinitionArn: string;
  /** `ecs-svc/…`; if it is known, tasks of earlier deployments of the same task definition are left out. */
  readonly deploymentId?: string | undefined;
  readonly targetGroups: Items<{ readonly targetGroupArn: string }>;
}

/** The reports that the caller has read already, so that they are not read again. */
export interface Observed {
  /** The reason in ECS's description of the deployment. */
  readonly reason?: string | undefined;
  /** The CloudWatch alarms because of which ECS ended the deployment. */
  readonly alarms?: readonly string[] | undefined;
  /** ECS's messages about the service since the deployment began, oldest first. */
  readonly events?: readonly string[] | undefined;
  /** The tasks of the service, whatever their status and task definition. */
  readonly tasks?: readonly Task[] | undefined;
  /** The health of the targets, by the key of the container. */
  readonly targets?: ReadonlyMap<string, readonly TargetHealthDescription[]> | undefined;
  /** The names of the containers that did not answer Slipway's own requests in time. */
  readonly silent?: ReadonlySet<string> | undefined;
}

/** Reads the current facts. */
export type Gather = (observed?: Observed) => Promise<Facts>;

/** The network is read at most this often, in milliseconds. */
const NETWORK_EVERY_MS = 10_000;
/** The number of tasks whose logs are read; the others usually ended in the same way. */
const MAX_TASKS_WITH_LOGS = 3;

/**
 * Makes a function that reads the current facts about a deployment. The function remembers what AWS forgets: the health of
 * targets that are no longer registered, and where a stopped program listened.
 */
export function factGatherer(context: GatherContext, deployment: GatheredDeployment): Gather {
  const { aws, names, clock } = context;
  const { service, taskDefinitionArn, deploymentId } = deployment;
  const lastTargets = new Map<string, TargetFacts>();
  let network: NetworkFacts | undefined;
  let networkReadAt = -Infinity;
  const lastListeners = new Map<string, readonly ContainerListener[]>();
  const finishedLogs = new Map<string, readonly string[]>();
  const logStream = (container: string, taskId: string) => ({
    logGroupName: names.logGroup,
    logStreamName: logStreamOf(service.name, container, taskId),
  });

  const logOf = async (container: string, task: Task): Promise<readonly string[] | undefined> => {
    const stream = logStream(container, idOfTask(task));
    const finished = finishedLogs.get(stream.logStreamName);
    if (finished) return finished;
    const lines = await readLogEnd(aws, stream);
    // The last lines of a program can arrive after its task has stopped.
    if (lines && task.lastStatus === 'STOPPED' && excerptOf(lines).headline !== undefined)
      finishedLogs.set(stream.logStreamName, lines);
    return lines;
  };

  const extrasOf = async (task: Task, readsLog: boolean): Promise<(container: string) => Extras> => {
    const id = idOfTask(task);
    const listeners = await context.listenersOf?.(id).catch(() => undefined);
    if (listeners) lastListeners.set(id, listeners);
    const containers = (task.containers ?? []).map(({ name = '' }) => name);
    const logs = new Map(
      readsLog
        ? await Promise.all(containers.map(async (name) => [name, await logOf(name, task)] as const))
        : [],
    );
    return (name) => ({ log: logs.get(name), listeners: known(lastListeners.get(id), name) });
  };

  // The sandbox sees only the listeners of Node programs. Images from source contain one, so for them an empty list is certain.
  const known = (listeners: readonly ContainerListener[] | undefined, name: string) => {
    const ours = listeners?.filter(({ container }) => container === name);
    const isSource = service.containers.some(({ name: other, image }) => other === name && 'source' in image);
    return isSource || ours?.length ? ours : undefined;
  };

  const readTasks = (): Promise<readonly Task[]> =>
    tasksOf(context, names.service(service), 'RUNNING', 'STOPPED').catch(() => []);

  const readTargets = async (): Promise<NonNullable<Observed['targets']>> => {
    const entries = service.containers.filter(isRouted).map(async ({ key }) => {
      const TargetGroupArn = deployment.targetGroups.get(key)?.targetGroupArn ?? '';
      const response = await aws
        .elbv2(new DescribeTargetHealthCommand({ TargetGroupArn }))
        .catch(() => undefined);
      return [key, response?.TargetHealthDescriptions ?? []] as const;
    });
    return new Map(await Promise.all(entries));
  };

  return async ({ reason, alarms, events = [], tasks: knownTasks, targets: knownTargets, silent } = {}) => {
    const [allTasks, allTargets] = await Promise.all([
      knownTasks ?? readTasks(),
      knownTargets ?? readTargets(),
    ]);
    const ours = tasksOfDeployment(allTasks, { id: deploymentId, taskDefinitionArn });
    const withLogs = new Set([
      ...ours.filter((task) => endedOnItsOwn({ stopCode: task.stopCode })).slice(0, MAX_TASKS_WITH_LOGS),
      ...ours.slice(0, MAX_TASKS_WITH_LOGS),
    ]);
    const tasks = await Promise.all(
      ours.map(async (task) => taskFacts(task, await extrasOf(task, withLogs.has(task)))),
    );
    for (const container of service.containers) {
      for (const target of allTargets.get(container.key) ?? []) {
        const facts = targetFacts(container.name, target, tasks);
        const key = `${container.name} ${target.Target?.Id}`;
        // Later reports about a draining target no longer say why it failed.
        // Nor does a task that is stopping: its programs are ending.
        const isStopping = tasks.some(
          ({ id, stoppingAt }) => id === facts.taskId && stoppingAt !== undefined,
        );
        const isReport = !isStopping && (facts.state === 'healthy' || facts.state === 'unhealthy');
        const isNews = isReport || !lastTargets.has(key);
        // A target of the previous version is not a fact about this deployment.
        if (isNews && (facts.taskId !== undefined || !lastTargets.has(key))) lastTargets.set(key, facts);
      }
    }
    // A target without a task may belong to the previous version. It is a fact only about a failed deployment at an endpoint that
    // lists no tasks: a deployment that goes on may not have started its tasks yet.
    const countsAll = allTasks.length === 0 && reason !== undefined;
    const targets = [...lastTargets.values()].filter(({ taskId }) => taskId !== undefined || countsAll);
    const isNetworkSuspect =
      targets.some(({ reason: sign }) => sign === 'Target.Timeout') ||
      [...events, ...tasks.map(({ stoppedReason = '' }) => stoppedReason)].some((text) =>
        NO_NETWORK.test(text),
      );
    if (isNetworkSuspect && clock.now() - networkReadAt >= NETWORK_EVERY_MS) {
      networkReadAt = clock.now();
      network = await readNetwork(aws, names, service);
    }
    return {
      service,
      logGroup: names.logGroup,
      targetGroups: new Map(
        service.containers
          .filter(isRouted)
          .map((container) => [names.targetGroup(container), container.name]),
      ),
      architecture: architectureNames(service.architecture).image,
      reason,
      alarms,
      events: events.map(shortened),
      tasks,
      targets,
      network,
      silent,
      now: new Date(clock.now()),
    };
  };
}
