/** Waits until a service is deployed: its deployment of the desired task definition is complete, and all targets are healthy. */
import type { Deployment, Service as EcsService, Task } from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { pairOf } from '../../lib/derive/target-group-pairs.ts';
import { touches } from '../../lib/model/change.ts';
import { isRouted, type RoutedContainer, type Service } from '../../lib/config/config.ts';
import { describeService } from '../../lib/look/services.ts';
import { isProblem } from '../../lib/model/problem.ts';
import type { Ids } from '../../lib/model/architecture.ts';
import type { Items } from '../../lib/model/resources.ts';
import type { ApplyContext } from '../../lib/engine/step.ts';
import { failed, pending, ready } from '../../lib/engine/until.ts';
import { whileWatchingBalancer } from './balancer-failure.ts';
import { taskCounts, deploymentState, isPrimary, startedSince, newMessagesSince } from './deployment.ts';
import { endingText, shortened } from '../../lib/diagnosis/messages.ts';
import { diagnose, exitedOnItsOwn, stoppedTasks } from './diagnose.ts';

/** The context of a wait. `change` is missing if the run does not change the service. */
type WaitContext = Pick<
  ApplyContext<'services'>,
  'aws' | 'names' | 'until' | 'note' | 'clock' | 'listenersOf'
> &
  Partial<Pick<ApplyContext<'services'>, 'change'>>;

/** The ids of all task definitions and target groups. */
interface ServiceIds {
  readonly taskDefinitions: Items<Ids['taskDefinitions']>;
  readonly targetGroups: Items<Ids['targetGroups']>;
}

/** A service that is waited for, and ECS's messages about it. */
interface AwaitedService {
  readonly service: Service;
  readonly taskDefinitionArn: string;
  readonly readNewMessages: ReturnType<typeof newMessagesSince>;
  readonly messages: string[];
  /** The number of tasks that the service should run, as far as this run knows. */
  count: number;
}

/**
 * Waits until a service runs the desired task definition and all its targets are healthy.
 * ECS's own waiter is not enough: it also accepts a deployment that was rolled back.
 * @param serviceInResponse the service in the response to a create or an update, if there was one
 * @throws DEPLOYMENT with ECS's messages, the stopped tasks and their logs; UNHEALTHY with the load balancer's reasons;
 *   FAILED_STATE if the load balancer itself failed
 */
export async function waitForService(
  context: WaitContext,
  service: Service,
  ids: ServiceIds,
  serviceInResponse?: EcsService,
): Promise<void> {
  const hasRoutes = service.containers.some(isRouted);
  const awaited: AwaitedService = {
    service,
    taskDefinitionArn: ids.taskDefinitions.get(service.name)?.taskDefinitionArn ?? '',
    readNewMessages: newMessagesSince(serviceInResponse?.events),
    messages: [],
    count: service.count,
  };
  const wait = async (waitContext: WaitContext) => {
    const startedAt = serviceInResponse?.deployments?.find(isPrimary)?.createdAt;
    await waitUntilDeployed(waitContext, awaited, startedAt);
    if (awaited.count > 0 && hasRoutes) await waitUntilTargetsHealthy(waitContext, awaited, ids.targetGroups);
  };
  await (hasRoutes ? whileWatchingBalancer(context, wait) : wait(context));
}

/**
 * Fetches the service. Also updates the expected count, unless this run sets the count: Application Auto Scaling may have
 * changed the count in the meantime.
 */
async function fetchService(context: WaitContext, awaited: AwaitedService): Promise<EcsService | undefined> {
  const current = await describeService(context, context.names.service(awaited.service));
  const setsCount = context.change !== undefined && touches(context.change, 'count');
  if (!setsCount) awaited.count = current?.desiredCount ?? awaited.count;
  return current;
}

async function waitUntilDeployed(
  context: WaitContext,
  awaited: AwaitedService,
  startedAt: Date | undefined,
): Promise<void> {
  const { service, taskDefinitionArn, readNewMessages, messages } = awaited;
  let wasSeen = false;
  try {
    await context.until(`service ${service.name} to be deployed`, 'deployment', async () => {
      const current = await fetchService(context, awaited);
      for (const text of readNewMessages(current?.events)) {
        messages.push(text);
        context.note(`${service.name}: ${text}`);
      }
      wasSeen ||= startedAt !== undefined && (current?.deployments ?? []).some(startedSince(startedAt));
      return deploymentState(current, taskDefinitionArn, startedAt, wasSeen);
    });
  } catch (error) {
    if (!isProblem(error, 'FAILED_STATE', 'TIMEOUT')) throw error;
    throw await diagnose(context, service, { taskDefinitionArn, reason: error.why, events: messages });
  }
}

/** A container with too few healthy targets. */
interface UnhealthyContainer {
  readonly container: RoutedContainer;
  readonly targets: readonly TargetHealthDescription[];
}

/** The observations of one check while targets are missing. */
interface Observation {
  /** How many tasks the service should run. */
  readonly count: number;
  readonly unhealthy: readonly UnhealthyContainer[];
  readonly primary: Deployment;
  /** The tasks that ended on their own since the first check. */
  readonly newlyExited: readonly Task[];
}

/** The number of tasks that must end on their own for the wait to fail; ECS's circuit breaker has the same threshold. */
const failureThreshold = (count: number): number => Math.min(Math.max(3, Math.ceil(count / 2)), 200);

/**
 * Waits for the targets of a service. ECS's circuit breaker ignores completed deployments: if their tasks end later, ECS
 * restarts them forever. So while targets are missing, the service and its tasks are checked, too.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
async function waitUntilTargetsHealthy(
  context: WaitContext,
  awaited: AwaitedService,
  groups: ServiceIds['targetGroups'],
): Promise<void> {
  const { service, taskDefinitionArn, readNewMessages, messages } = awaited;
  const { name } = service;
  let earlierExits: ReadonlySet<string | undefined> | undefined;
  let latest: Observation = { count: awaited.count, unhealthy: [], primary: {}, newlyExited: [] };
  try {
    await context.until(`the targets of ${name} to be healthy`, 'targets', async () => {
      const { count } = awaited;
      const unhealthy = await unhealthyContainers(context, awaited, groups);
      if (unhealthy.length === 0) return ready(undefined);
      const [current, stopped] = await Promise.all([
        fetchService(context, awaited),
        stoppedTasks(context, context.names.service(service), taskDefinitionArn),
      ]);
      messages.push(...readNewMessages(current?.events));
      const state = deploymentState(current, taskDefinitionArn);
      if (state.state === 'failed') return state;
      const exited = stopped.filter(exitedOnItsOwn);
      earlierExits ??= new Set(exited.map(({ taskArn }) => taskArn));
      const newlyExited = exited.filter(({ taskArn }) => !earlierExits?.has(taskArn));
      latest = { count, unhealthy, primary: current?.deployments?.find(isPrimary) ?? {}, newlyExited };
      if (newlyExited.length >= failureThreshold(count)) {
        return failed(`${newlyExited.length} tasks ended. ${countsText(latest)}`);
      }
      return pending(progressText(latest, exited[0], current?.events?.[0]?.message));
    });
  } catch (error) {
    if (!isProblem(error, 'FAILED_STATE', 'TIMEOUT')) throw error;
    const isTimeout = error.code === 'TIMEOUT';
    const [first] = latest.unhealthy;
    const allTasksRunning =
      latest.newlyExited.length === 0 && (latest.primary.runningCount ?? 0) >= latest.count;
    const reason = isTimeout ? `${error.what} ${countsText(latest)}` : error.why;
    const failure = { taskDefinitionArn, reason, events: messages, targetGroups: groups };
    if (isTimeout && first && allTasksRunning) {
      const targets = new Map(latest.unhealthy.map((one) => [one.container.key, one.targets]));
      const what = `The load balancer reports ${first.container.name} as unhealthy`;
      const now = 'Everything is created and recorded, and the tasks are running.';
      throw await diagnose(context, service, { ...failure, targets, code: 'UNHEALTHY', what, now });
    }
    const what = `${name} was deployed but does not keep running`;
    throw await diagnose(context, service, { ...failure, what });
  }
}

const isHealthy = ({ TargetHealth }: TargetHealthDescription): boolean => TargetHealth?.State === 'healthy';

async function unhealthyContainers(
  context: WaitContext,
  { service, count }: AwaitedService,
  groups: ServiceIds['targetGroups'],
): Promise<UnhealthyContainer[]> {
  const all = await Promise.all(
    service.containers.filter(isRouted).map(async (container) => {
      // If ECS shifts requests, the tasks are in either of two groups.
      const responses = await Promise.all(
        pairOf(groups, container.key).map(({ targetGroupArn: TargetGroupArn }) =>
          context.aws.elbv2(new DescribeTargetHealthCommand({ TargetGroupArn })),
        ),
      );
      const targets = responses.flatMap(({ TargetHealthDescriptions = [] }) => TargetHealthDescriptions);
      return { container, targets };
    }),
  );
  return all.filter(({ targets }) => targets.filter(isHealthy).length < count);
}

const healthText = ({ container, targets }: UnhealthyContainer, count: number): string =>
  `${targets.filter(isHealthy).length}/${count} targets of ${container.name} healthy`;

const countsText = ({ count, unhealthy, primary }: Observation): string =>
  [...unhealthy.map((entry) => healthText(entry, count)), taskCounts(primary)].join(', ');

/**
 * Explains in one line why targets are missing, from the reports of the load balancer, the tasks and ECS. Leaves out task ids.
 */
function progressText(
  { count, unhealthy, primary }: Observation,
  lastExited: Task | undefined,
  event = '',
): string {
  const healthTexts = unhealthy.map((entry) => {
    const reasons = entry.targets.map(({ TargetHealth }) => TargetHealth?.Reason).filter(Boolean);
    return [healthText(entry, count), ...new Set(reasons)].join(', ');
  });
  const exit = lastExited ? `last exit: ${endingText(lastExited)}` : '';
  const message = shortened(event).replace(/:? ?\(task [^)]+\)|\.$/g, '');
  const ecsMessage = message && `ECS: ${message.trim()}`;
  return [...healthTexts, taskCounts(primary), exit, ecsMessage].filter(Boolean).join('; ');
}
