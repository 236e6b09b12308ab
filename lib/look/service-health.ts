/** Finds out whether the tasks of deployed services really serve: their targets, and containers that have ended. */
import type { Task } from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Aws } from '../aws/clients.ts';
import { attachmentsIn } from '../derive/load-balancer-text.ts';
import type { Names } from '../derive/names.ts';
import type { Items } from '../model/resources.ts';
import type { Survey } from './found.ts';
import { ifFound } from './if-found.ts';
import { addressesOf, runningTasks } from './tasks.ts';
import type { FoundService } from './services.ts';

/** An address of a running task that no target group contains. */
export interface UnregisteredTarget {
  readonly container: string;
  readonly address: string;
  readonly port: number;
  /** The group in which to register it; undefined if ECS decides between two groups. */
  readonly targetGroupArn: string | undefined;
}

/** A target that the load balancer reports as unhealthy. */
export interface UnhealthyTarget {
  readonly container: string;
  readonly address: string;
  readonly port: number;
  /** The load balancer's description, such as `Health checks failed with these codes: [502]`. */
  readonly why: string;
}

/**
 * A container that has ended although its task runs. It is not essential, so ECS does not restart it. A job that has ended with
 * exit code 0 has done what it should, and is left out.
 */
export interface EndedContainer {
  readonly container: string;
  /** `exit code 1`, or the reason that ECS gives. */
  readonly why: string;
  /** The number of tasks in which it has ended. */
  readonly taskCount: number;
  /** Whether other containers wait for its end. It then ended on purpose, and the exit code says that it failed. */
  readonly isJob?: boolean;
}

/** The running tasks of a deployed service, and everything that is wrong with them. */
export interface ServiceHealth {
  /** The number of tasks that are running. */
  readonly runningCount: number;
  readonly unregistered: readonly UnregisteredTarget[];
  readonly unhealthy: readonly UnhealthyTarget[];
  readonly ended: readonly EndedContainer[];
}

type HealthContext = { readonly aws: Aws; readonly names: Pick<Names, 'cluster'> };

/**
 * Returns the health of every service that is deployed completely. Services with a deployment in progress are left out: their
 * targets come and go.
 * @param existing the target groups that exist; AWS clients repeat a call for a group that does not exist, in case it is new
 * @param definitions the task definitions of the services
 */
export async function lookServiceHealth(
  { aws, names }: HealthContext,
  services: Items<FoundService>,
  existing: Items<{ readonly targetGroupArn: string }>,
  definitions: Items<{ readonly jobs?: readonly string[] | undefined }> = new Map(),
): Promise<Map<string, ServiceHealth>> {
  const deployed = deployedIn(services);
  if (deployed.length === 0) return new Map();
  const used = new Set(deployed.flatMap(([, { targetGroupArns }]) => targetGroupArns));
  const groups = [...existing.values()]
    .map(({ targetGroupArn }) => targetGroupArn)
    .filter((arn) => used.has(arn));
  const [tasks, targets] = await Promise.all([
    runningTasks(aws, names.cluster),
    Promise.all(groups.map(async (arn) => [arn, await lookTargets(aws, arn)] as const)),
  ]);
  return healthOfServices(services, tasks, existingTargets(targets), definitions);
}

/** Returns the health of every service that is deployed completely, from its tasks and from the targets of existing groups. Pure. */
export function healthOfServices(
  services: Items<FoundService>,
  tasks: readonly Task[],
  targetsByGroup: ReadonlyMap<string, readonly TargetHealthDescription[]>,
  definitions: Items<{ readonly jobs?: readonly string[] | undefined }>,
): Map<string, ServiceHealth> {
  return new Map(
    deployedIn(services).map(([key, service]) => [
      key,
      compareWithTargets(service, tasks, targetsByGroup, new Set(definitions.get(key)?.jobs)),
    ]),
  );
}

/** Lists the services that are deployed completely, and should have tasks. */
const deployedIn = (services: Items<FoundService>) =>
  [...services].filter(
    ([, { status, rollout, desiredCount }]) =>
      status === 'ACTIVE' && rollout === 'COMPLETED' && desiredCount > 0,
  );

/** Returns the targets by group, without the groups that do not exist. */
export const existingTargets = (
  targets: readonly (readonly [arn: string, TargetHealthDescription[] | undefined])[],
): Map<string, TargetHealthDescription[]> =>
  new Map(targets.flatMap(([arn, found]) => (found ? [[arn, found] as const] : [])));

/** Returns the targets of a group; undefined if the group does not exist. */
export async function lookTargets(
  aws: Aws,
  TargetGroupArn: string,
): Promise<TargetHealthDescription[] | undefined> {
  const response = await ifFound(() => aws.elbv2(new DescribeTargetHealthCommand({ TargetGroupArn })));
  return response && (response.TargetHealthDescriptions ?? []);
}

/**
 * Compares the tasks of a service with their targets. A group that does not exist is left out: its absence is drift of another
 * resource. Pure.
 */
export function compareWithTargets(
  service: FoundService,
  allTasks: readonly Task[],
  targetsByGroup: ReadonlyMap<string, readonly TargetHealthDescription[]>,
  jobs: ReadonlySet<string> = new Set(),
): ServiceHealth {
  const tasks = allTasks.filter(
    ({ group, lastStatus, desiredStatus }) =>
      group === `service:${service.serviceName}` && lastStatus === 'RUNNING' && desiredStatus !== 'STOPPED',
  );
  const targets = service.targetGroupArns.flatMap((arn) => targetsByGroup.get(arn) ?? []);
  const members = membersOf(service, tasks, targetsByGroup);
  const targetFor = ({ address, port }: Member) =>
    targets.filter(({ Target }) => Target?.Id === address && Target.Port === port);
  return {
    runningCount: tasks.length,
    unregistered: members.filter((member) =>
      targetFor(member).every(({ TargetHealth }) => TargetHealth?.State === 'draining'),
    ),
    unhealthy: members.flatMap(({ container, address, port }) =>
      targetFor({ address, port })
        .filter(({ TargetHealth }) => TargetHealth?.State === 'unhealthy')
        .map(({ TargetHealth }) => ({
          ...{ container, address, port },
          why: TargetHealth?.Description ?? TargetHealth?.Reason ?? 'it fails its health check',
        })),
    ),
    ended: endedContainers(tasks, jobs),
  };
}

type Member = Pick<UnregisteredTarget, 'address' | 'port'>;

/** Returns the addresses under which the running tasks should be targets. */
function membersOf(
  service: FoundService,
  tasks: readonly Task[],
  groups: ReadonlyMap<string, unknown>,
): UnregisteredTarget[] {
  const balancers = attachmentsIn(service.loadBalancers).filter(({ targetGroupArn }) =>
    groups.has(targetGroupArn),
  );
  const isRolling = (service.deployment?.strategy ?? 'ROLLING') === 'ROLLING';
  return balancers.flatMap(({ container, port, targetGroupArn }) => {
    const hasOneGroup = balancers.filter((other) => other.container === container).length === 1;
    return tasks.flatMap((task) => {
      const [address] = addressesOf(task);
      return address === undefined
        ? []
        : [
            {
              ...{ container, address, port },
              targetGroupArn: isRolling && hasOneGroup ? targetGroupArn : undefined,
            },
          ];
    });
  });
}

/** Returns the containers that have ended in running tasks, without the jobs that have succeeded. Pure. */
export function endedContainers(tasks: readonly Task[], jobs: ReadonlySet<string>): EndedContainer[] {
  const ended = new Map<string, EndedContainer>();
  for (const { name = '', lastStatus, exitCode, reason } of tasks.flatMap(
    ({ containers = [] }) => containers,
  )) {
    const isJob = jobs.has(name);
    if (lastStatus !== 'STOPPED' || (isJob && exitCode === 0)) continue;
    const why = reason ?? (exitCode === undefined ? 'for an unknown reason' : `exit code ${exitCode}`);
    ended.set(name, {
      ...{ container: name, why, taskCount: (ended.get(name)?.taskCount ?? 0) + 1 },
      ...(isJob && { isJob }),
    });
  }
  return [...ended.values()];
}

/** Returns the survey with the health of each deployed service. */
export async function withServiceHealth(context: HealthContext, found: Survey): Promise<Survey> {
  const health = await lookServiceHealth(context, found.services, found.targetGroups, found.taskDefinitions);
  return withHealth(found, health);
}

/** Returns the survey with the given health of its services. */
export function withHealth(found: Survey, health: Items<ServiceHealth>): Survey {
  const services = new Map(
    [...found.services].map(([key, service]) => [key, { ...service, health: health.get(key) }]),
  );
  return { ...found, services };
}
