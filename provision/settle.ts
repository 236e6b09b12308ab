/** When a service is done: our task definition is primary and completed, and every target is healthy. */
import type { Deployment, Service as EcsService } from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { isRouted, type Service } from '../lib/config/config.ts';
import { describeServices } from '../lib/look/services.ts';
import { only, type Ids, type Items } from '../lib/resources.ts';
import type { Act } from '../lib/step.ts';
import { failed, pending, ready, type Probed } from '../lib/until.ts';
import { diagnose } from './diagnose.ts';

type Surroundings = Pick<Act<'services'>, 'aws' | 'names' | 'until' | 'note' | 'clock'>;

/** The ids that tell whether a service is done. */
interface Parts {
  readonly cluster: Items<Ids['cluster']>;
  readonly taskDefinitions: Items<Ids['taskDefinitions']>;
  readonly targetGroups: Items<Ids['targetGroups']>;
}

/**
 * Waits until a service runs what it should, and its load balancer agrees.
 * ECS's own waiter is no evidence: it is content with a deployment that was rolled back.
 * @throws DEPLOYMENT with what ECS, the tasks and their logs say
 */
export async function settled(act: Surroundings, service: Service, made: Parts): Promise<void> {
  const taskDefinitionArn = made.taskDefinitions.get(service.name)?.taskDefinitionArn ?? '';
  const seen = new Set<string>();
  const start = act.clock.now();
  await act.until(`service ${service.name} to be deployed`, 'deployment', async () => {
    const [now] = await describeServices(act.aws, act.names.cluster, [service.name]);
    for (const text of newEvents(now, seen, start)) act.note(`${service.name}: ${text}`);
    const state = deploymentState(now, taskDefinitionArn);
    if (state.state !== 'failed') return state;
    return failed(
      state.reason,
      await diagnose(act, service, only(made.cluster)?.clusterArn ?? '', state.reason),
    );
  });
  if (service.count === 0) return;
  await Promise.all(
    service.containers
      .filter(isRouted)
      .map(({ key, name }) =>
        act.until(`the targets of ${name} to be healthy`, 'targets', () =>
          targetsHealthy(act, made.targetGroups.get(key)?.targetGroupArn ?? '', service.count),
        ),
      ),
  );
}

/** What the deployments of a service say. Pure. */
export function deploymentState(
  service: EcsService | undefined,
  taskDefinitionArn: string,
): Probed<undefined> {
  if (!service) return pending('the service is not seen yet');
  const deployments = service.deployments ?? [];
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  const mine = deployments.find(({ taskDefinition }) => taskDefinition === taskDefinitionArn);
  if (mine?.rolloutState === 'FAILED') return failed(mine.rolloutStateReason ?? 'the deployment failed');
  if (!primary) return pending('no deployment yet');
  if (primary.taskDefinition !== taskDefinitionArn) {
    return failed(
      `ECS went back to ${primary.taskDefinition?.split('/').at(-1)}: ${primary.rolloutStateReason ?? ''}`,
    );
  }
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

/** ECS's own words, each once, in the order in which they were said. */
function newEvents(service: EcsService | undefined, seen: Set<string>, since: number): string[] {
  const events = (service?.events ?? []).filter(
    ({ id = '', createdAt }) => !seen.has(id) && (createdAt?.getTime() ?? 0) >= since,
  );
  for (const { id = '' } of events) seen.add(id);
  return events.reverse().map(({ message = '' }) => shorter(message));
}

/** Without what the line says anyway: the service, and all of an ARN but the name. */
const shorter = (message: string): string =>
  message.replace(/^\(service [^)]+\) /, '').replace(/arn:[^ ,)]*:targetgroup\/([^/ )]+)\/\w+/g, '$1');

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
async function targetsHealthy(
  { aws }: Surroundings,
  TargetGroupArn: string,
  count: number,
): Promise<Probed<undefined>> {
  const { TargetHealthDescriptions = [] } = await aws.elbv2(
    new DescribeTargetHealthCommand({ TargetGroupArn }),
  );
  const healthy = TargetHealthDescriptions.filter(
    ({ TargetHealth }) => TargetHealth?.State === 'healthy',
  ).length;
  if (healthy >= count) return ready(undefined);
  const reasons = TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth?.Reason).filter(Boolean);
  return pending([`${healthy}/${count} targets healthy`, ...new Set(reasons)].join(', '));
}
