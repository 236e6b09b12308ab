/** When a service is done: our task definition is primary and completed, and every target is healthy. */
import type { Deployment, Service as EcsService } from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { isRouted, type RoutedContainer, type Service } from '../lib/config/config.ts';
import { describeServices } from '../lib/look/services.ts';
import { Problem, type ProblemCode } from '../lib/problem.ts';
import type { Ids, Items } from '../lib/resources.ts';
import type { Act } from '../lib/step.ts';
import { failed, pending, ready, type Probed } from '../lib/until.ts';
import { diagnose, shorter, unhealthy } from './diagnose.ts';

type Surroundings = Pick<Act<'services'>, 'aws' | 'names' | 'until' | 'note' | 'clock'>;

/** The ids that tell whether a service is done. */
interface Parts {
  readonly taskDefinitions: Items<Ids['taskDefinitions']>;
  readonly targetGroups: Items<Ids['targetGroups']>;
}

/**
 * Waits until a service runs what it should, and its load balancer agrees.
 * ECS's own waiter is no evidence: it is content with a deployment that was rolled back.
 * @param answered the service as the create or the update answered it, when there was one
 * @throws DEPLOYMENT with what ECS, the tasks and their logs say; UNHEALTHY with what the load balancer says
 */
export async function settled(
  act: Surroundings,
  service: Service,
  made: Parts,
  answered?: EcsService,
): Promise<void> {
  await deployed(act, service, made.taskDefinitions.get(service.name)?.taskDefinitionArn ?? '', answered);
  if (service.count === 0) return;
  const waits = service.containers
    .filter(isRouted)
    .map((container) =>
      targetsHealthy(act, container, made.targetGroups.get(container.key)?.targetGroupArn ?? '', service),
    );
  for (const wait of await Promise.allSettled(waits)) {
    if (wait.status === 'rejected') throw wait.reason;
  }
}

async function deployed(
  act: Surroundings,
  service: Service,
  taskDefinitionArn: string,
  answered: EcsService | undefined,
): Promise<void> {
  const started = answered?.deployments?.find(isPrimary)?.createdAt;
  const news = newsSince(answered?.events);
  const said: string[] = [];
  try {
    await act.until(`service ${service.name} to be deployed`, 'deployment', async () => {
      const [now] = await describeServices(act.aws, act.names.cluster, [service.name]);
      for (const text of news(now?.events)) {
        said.push(text);
        act.note(`${service.name}: ${text}`);
      }
      return deploymentState(now, taskDefinitionArn, started);
    });
  } catch (error) {
    if (!isProblem(error, 'FAILED_STATE', 'TIMEOUT')) throw error;
    throw await diagnose(act, service, { taskDefinitionArn, reason: error.why, said });
  }
}

const isProblem = (error: unknown, ...codes: ProblemCode[]): error is Problem =>
  error instanceof Problem && codes.includes(error.code);

const isPrimary = ({ status }: Deployment): boolean => status === 'PRIMARY';

/**
 * What the deployments of a service say. Pure.
 * @param started when the deployment began that is waited for, by AWS's clock; a look may still see the one before
 */
export function deploymentState(
  service: EcsService | undefined,
  taskDefinitionArn: string,
  started?: Date,
): Probed<undefined> {
  if (!service) return pending('the service is not seen yet');
  if (service.status !== 'ACTIVE') return failed(`the service is ${service.status}: somebody removes it`);
  const deployments = service.deployments ?? [];
  const primary = deployments.find(isPrimary);
  if (!primary || (started && primary.createdAt && primary.createdAt < started)) {
    return pending('the deployment is not seen yet');
  }
  if (primary.taskDefinition !== taskDefinitionArn) {
    const mine = deployments.find(({ taskDefinition }) => taskDefinition === taskDefinitionArn);
    const before = `ECS went back to ${primary.taskDefinition?.split('/').at(-1)}`;
    const reasons = [mine?.rolloutStateReason, before, primary.rolloutStateReason];
    return failed(reasons.filter(Boolean).join('\n'));
  }
  if (primary.rolloutState === 'FAILED') return failed(primary.rolloutStateReason ?? 'the deployment failed');
  if (primary.rolloutState === 'COMPLETED') return ready(undefined);
  return pending(counts(primary));
}

const counts = ({
  runningCount = 0,
  desiredCount = 0,
  pendingCount = 0,
  failedTasks = 0,
}: Deployment): string =>
  [
    `${runningCount}/${desiredCount} running`,
    ...(pendingCount > 0 ? [`${pendingCount} starting`] : []),
    ...(failedTasks > 0 ? [`${failedTasks} failed`] : []),
  ].join(', ');

/** ECS's own words, each once, in the order in which they were said; without a beginning, from the first look on. */
function newsSince(beginning: EcsService['events']): (events: EcsService['events']) => string[] {
  let seen = beginning && new Set(beginning.map(({ id }) => id));
  return (events = []) => {
    const known = seen ?? new Set(events.map(({ id }) => id));
    const fresh = events.filter(({ id }) => !known.has(id));
    seen = new Set([...known, ...fresh.map(({ id }) => id)]);
    return fresh.reverse().map(({ message = '' }) => shorter(message));
  };
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
async function targetsHealthy(
  act: Surroundings,
  container: RoutedContainer,
  TargetGroupArn: string,
  { count }: Service,
): Promise<void> {
  let targets: TargetHealthDescription[] = [];
  try {
    await act.until(`the targets of ${container.name} to be healthy`, 'targets', async () => {
      const answer = await act.aws.elbv2(new DescribeTargetHealthCommand({ TargetGroupArn }));
      targets = answer.TargetHealthDescriptions ?? [];
      const healthy = targets.filter(({ TargetHealth }) => TargetHealth?.State === 'healthy').length;
      if (healthy >= count) return ready(undefined);
      const reasons = targets.map(({ TargetHealth }) => TargetHealth?.Reason).filter(Boolean);
      return pending([`${healthy}/${count} targets healthy`, ...new Set(reasons)].join(', '));
    });
  } catch (error) {
    throw isProblem(error, 'TIMEOUT') ? unhealthy(container, targets, error) : error;
  }
}
