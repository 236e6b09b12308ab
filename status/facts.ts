/** Derives the parts of a status report from a survey and from live facts. Pure. */
import type { Deployment, ServiceEvent, Task } from '@aws-sdk/client-ecs';
import { revisionNumber } from '../lib/aws/task-definition-revisions.ts';
import { attachmentsIn } from '../lib/derive/load-balancer-text.ts';
import type { Survey } from '../lib/look/found.ts';
import { isFormerServiceKey, serviceOfKey, type FoundService } from '../lib/look/services.ts';
import { addressesOf, idOfTask } from '../lib/look/tasks.ts';
import { only } from '../lib/model/resources.ts';
import { withoutArns } from '../lib/run/plan-text.ts';
import type {
  DeploymentStatus,
  RouteStatus,
  ServiceEventStatus,
  StatusResult,
  TaskStatus,
} from '../lib/run/status-results.ts';
import type { LiveFacts } from './live-facts.ts';

/** The number of messages that are reported per service by default. */
const EVENTS_PER_SERVICE = 5;
/** Sorts after every time in ISO 8601. */
const NOT_YET = '9999';

type Facts = Pick<StatusResult, 'loadBalancer' | 'records' | 'routes' | 'deployments' | 'tasks' | 'events'>;

/** @param maxEvents the number of messages that are reported per service */
export function factsOf(found: Survey, live: LiveFacts, maxEvents = EVENTS_PER_SERVICE): Facts {
  const balancer = only(found.loadBalancer);
  return {
    loadBalancer: balancer
      ? {
          name: balancer.loadBalancerArn.split('/').at(-2) ?? '',
          dnsName: balancer.dnsName,
          state: balancer.state,
        }
      : null,
    // A name that is reachable over IPv6 has two records.
    records: [...new Set([...found.record.values()].map(({ recordName }) => recordName.replace(/\.$/, '')))],
    routes: routesIn(found, live),
    deployments: [...live.deployments].flatMap(([key, all]) =>
      all.map((one, index) => deploymentStatus(serviceOfKey(key), one, index === 0)),
    ),
    tasks: [...live.tasks]
      .flatMap(([key, tasks]) => tasks.map((task) => taskStatus(key, task)))
      .sort((one, other) => (other.startedAt ?? NOT_YET).localeCompare(one.startedAt ?? NOT_YET)),
    events: [...eventsByService(live)].flatMap(([service, events]) =>
      events.slice(0, maxEvents).map(({ createdAt, message = '' }): ServiceEventStatus => ({
        service,
        at: createdAt?.toISOString() ?? '',
        text: withoutArns(message.replace(/^\(service [^)]*\) /, '')),
      })),
    ),
  };
}

/** Returns the messages by the name of the configured service, the newest first: two ECS services may run it. */
function eventsByService({ events }: Pick<LiveFacts, 'events'>): Map<string, ServiceEvent[]> {
  const byService = new Map<string, ServiceEvent[]>();
  for (const [key, ofKey] of events)
    byService.set(serviceOfKey(key), [...(byService.get(serviceOfKey(key)) ?? []), ...ofKey]);
  const timeOf = ({ createdAt }: ServiceEvent) => createdAt?.getTime() ?? 0;
  for (const [service, all] of byService)
    if (events.get(service)?.length !== all.length) all.sort((one, other) => timeOf(other) - timeOf(one));
  return byService;
}

/** Returns one line per rule and target group that gets requests, in the order in which the load balancer tries the rules. */
function routesIn({ rules, services }: Pick<Survey, 'rules' | 'services'>, live: LiveFacts): RouteStatus[] {
  const containers = containersByGroup(services);
  return [...rules.values()]
    .sort((one, other) => (one.priority ?? 0) - (other.priority ?? 0))
    .flatMap(({ paths, priority, groups }) => {
      const total = groups.reduce((sum, { weight }) => sum + weight, 0);
      return groups
        .filter(({ weight }) => weight > 0)
        .map(({ targetGroupArn: arn, weight }) => ({
          paths: paths.join(', '),
          priority: priority ?? null,
          container: containers.get(arn) ?? null,
          trafficPercent: Math.round((100 * weight) / total),
          healthyTargets: live.targets.get(arn)?.healthy ?? 0,
          targets: live.targets.get(arn)?.total ?? 0,
        }));
    });
}

/** Returns the container that each target group belongs to, as `<service>/<container>:<port>`. */
export function containersByGroup(services: ReadonlyMap<string, FoundService>): Map<string, string> {
  return new Map(
    [...services].flatMap(([key, { loadBalancers }]) =>
      attachmentsIn(loadBalancers).flatMap(({ container, port, targetGroupArn, alternateArn }) =>
        [targetGroupArn, alternateArn].flatMap((arn) =>
          arn === undefined ? [] : [[arn, `${serviceOfKey(key)}/${container}:${port}`] as const],
        ),
      ),
    ),
  );
}

function deploymentStatus(service: string, deployment: Deployment, isFirst: boolean): DeploymentStatus {
  const { taskDefinition = '', status, createdAt } = deployment;
  return {
    service,
    revision: revisionNumber(taskDefinition),
    isNewest: status === undefined ? isFirst : status === 'PRIMARY',
    desired: deployment.desiredCount ?? 0,
    running: deployment.runningCount ?? 0,
    pending: deployment.pendingCount ?? 0,
    failed: deployment.failedTasks ?? 0,
    rollout: deployment.rolloutState ?? '',
    reason: deployment.rolloutStateReason ?? '',
    since: createdAt?.toISOString() ?? '',
  };
}

function taskStatus(key: string, task: Task): TaskStatus {
  const { lastStatus = '', healthStatus = 'UNKNOWN', taskDefinitionArn = '', startedAt } = task;
  return {
    service: serviceOfKey(key),
    former: isFormerServiceKey(key),
    id: idOfTask(task),
    status: lastStatus,
    health: healthStatus,
    revision: revisionNumber(taskDefinitionArn),
    address: addressesOf(task)[0] ?? null,
    startedAt: startedAt?.toISOString() ?? null,
    stoppedReason: lastStatus === 'STOPPED' ? (task.stoppedReason ?? 'unknown') : null,
    containers: (task.containers ?? []).map((container) => ({
      container: container.name ?? '',
      status: container.lastStatus ?? '',
      health: container.healthStatus ?? 'UNKNOWN',
      digest: container.imageDigest ?? null,
      exitCode: container.exitCode ?? null,
    })),
  };
}
