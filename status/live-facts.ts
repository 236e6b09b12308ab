/** Reads the facts about a stack that change from minute to minute: tasks, the health of targets, and the messages of ECS. */
import {
  DescribeServicesCommand,
  type Deployment,
  type Service,
  type ServiceEvent,
  type Task,
} from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { batchesOf } from '../lib/aws/batches.ts';
import type { LookContext } from '../lib/look/context.ts';
import type { Survey } from '../lib/look/found.ts';
import { ifFound } from '../lib/look/if-found.ts';
import { existingTargets, lookTargets } from '../lib/look/service-health.ts';
import { tasksOf } from '../lib/look/tasks.ts';

/** The maximum of DescribeServices. */
const SERVICES_PER_CALL = 10;

/** The targets of a target group. */
export interface TargetCounts {
  readonly healthy: number;
  /** Those that get requests, or will get them once they are healthy. */
  readonly total: number;
}

/** The facts; each map has the keys of the survey, or the ARNs of target groups. */
export interface LiveFacts {
  /** The running tasks of each service, and those that have stopped within about the last hour. */
  readonly tasks: ReadonlyMap<string, readonly Task[]>;
  readonly targets: ReadonlyMap<string, TargetCounts>;
  /** The targets as the load balancer reports them, without those of groups that have been deleted meanwhile. */
  readonly targetHealth: ReadonlyMap<string, readonly TargetHealthDescription[]>;
  readonly events: ReadonlyMap<string, readonly ServiceEvent[]>;
  /** The deployments that have tasks now; the newest first. */
  readonly deployments: ReadonlyMap<string, readonly Deployment[]>;
}

/** Reads the facts about the services and target groups of a survey. */
export async function lookLiveFacts(
  context: LookContext,
  { services, targetGroups }: Pick<Survey, 'services' | 'targetGroups'>,
): Promise<LiveFacts> {
  const keys = [...services.keys()];
  const nameOf = (key: string) => services.get(key)?.serviceName ?? key;
  const [tasks, targets, described] = await Promise.all([
    Promise.all(
      keys.map(async (key) => [key, await tasksOf(context, nameOf(key), 'RUNNING', 'STOPPED')] as const),
    ),
    Promise.all(
      [...targetGroups.values()].map(
        async ({ targetGroupArn: arn }) => [arn, await lookTargets(context.aws, arn)] as const,
      ),
    ),
    describedByName(context, keys.map(nameOf)),
  ]);
  return {
    tasks: new Map(tasks),
    targets: new Map(targets.map(([arn, found]) => [arn, countsOf(found)])),
    targetHealth: existingTargets(targets),
    events: new Map(keys.map((key) => [key, described.get(nameOf(key))?.events ?? []])),
    deployments: new Map(keys.map((key) => [key, described.get(nameOf(key))?.deployments ?? []])),
  };
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html */
function countsOf(targets: readonly TargetHealthDescription[] = []): TargetCounts {
  const states = targets.map(({ TargetHealth }) => TargetHealth?.State);
  return {
    healthy: states.filter((state) => state === 'healthy').length,
    total: states.filter((state) => state !== 'draining').length,
  };
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceEvent.html */
async function describedByName(
  { aws, names }: LookContext,
  serviceNames: readonly string[],
): Promise<Map<string, Service>> {
  const answers = await Promise.all(
    batchesOf([...serviceNames], SERVICES_PER_CALL).map((services) =>
      ifFound(() => aws.ecs(new DescribeServicesCommand({ cluster: names.cluster, services }))),
    ),
  );
  const described = answers.flatMap((answer) => answer?.services ?? []);
  return new Map(described.map((service) => [service.serviceName ?? '', service]));
}
