/** When a service is done: our task definition is primary and completed, and every target is healthy. */
import type { Deployment, Service as EcsService, Task } from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { touches } from '../../lib/model/change.ts';
import { isRouted, type RoutedContainer, type Service } from '../../lib/config/config.ts';
import { describeService } from '../../lib/look/services.ts';
import { isProblem } from '../../lib/model/problem.ts';
import type { Ids } from '../../lib/model/architecture.ts';
import type { Items } from '../../lib/model/resources.ts';
import type { ApplyContext } from '../../lib/engine/step.ts';
import { failed, pending, ready } from '../../lib/engine/until.ts';
import { failingWithBalancer } from './balancer-failure.ts';
import { taskCounts, deploymentState, isPrimary, startedSince, newEventsSince } from './deployment.ts';
import { diagnose, exitedOnItsOwn, shortened, stoppedTasks, taskText, unhealthyTargets } from './diagnose.ts';

/** Without a change where the run changes nothing of the service. */
type WaitContext = Pick<ApplyContext<'services'>, 'aws' | 'names' | 'until' | 'note' | 'clock'> &
  Partial<Pick<ApplyContext<'services'>, 'change'>>;

/** The ids that tell whether a service is done. */
interface ServiceIds {
  readonly taskDefinitions: Items<Ids['taskDefinitions']>;
  readonly targetGroups: Items<Ids['targetGroups']>;
}

/** A service that is waited for, and what ECS said of it meanwhile. */
interface Awaited {
  readonly service: Service;
  readonly taskDefinitionArn: string;
  readonly news: ReturnType<typeof newEventsSince>;
  readonly said: string[];
  /** How many tasks it is to run, as far as we know. */
  count: number;
}

/**
 * Waits until a service runs what it should, and its load balancer agrees.
 * ECS's own waiter is no evidence: it is content with a deployment that was rolled back.
 * @param answered the service as the create or the update answered it, when there was one
 * @throws DEPLOYMENT with what ECS, the tasks and their logs say; UNHEALTHY with what the load balancer says;
 *   FAILED_STATE when that is what failed
 */
export async function waitForService(
  context: WaitContext,
  service: Service,
  made: ServiceIds,
  answered?: EcsService,
): Promise<void> {
  const isBehind = service.containers.some(isRouted);
  const awaited: Awaited = {
    service,
    taskDefinitionArn: made.taskDefinitions.get(service.name)?.taskDefinitionArn ?? '',
    news: newEventsSince(answered?.events),
    said: [],
    count: service.count,
  };
  const wait = async (within: WaitContext) => {
    await deployed(within, awaited, answered?.deployments?.find(isPrimary)?.createdAt);
    if (awaited.count > 0 && isBehind) await targetsHealthy(within, awaited, made.targetGroups);
  };
  await (isBehind ? failingWithBalancer(context, wait) : wait(context));
}

/** A count that this run has not set is Application Auto Scaling's to change at any moment. */
async function look(context: WaitContext, awaited: Awaited): Promise<EcsService | undefined> {
  const now = await describeService(context, context.names.service(awaited.service));
  const isSet = context.change !== undefined && touches(context.change, 'count');
  if (!isSet) awaited.count = now?.desiredCount ?? awaited.count;
  return now;
}

async function deployed(context: WaitContext, awaited: Awaited, started: Date | undefined): Promise<void> {
  const { service, taskDefinitionArn, news, said } = awaited;
  let seen = false;
  try {
    await context.until(`service ${service.name} to be deployed`, 'deployment', async () => {
      const now = await look(context, awaited);
      for (const text of news(now?.events)) {
        said.push(text);
        context.note(`${service.name}: ${text}`);
      }
      seen ||= started !== undefined && (now?.deployments ?? []).some(startedSince(started));
      return deploymentState(now, taskDefinitionArn, started, seen);
    });
  } catch (error) {
    if (!isProblem(error, 'FAILED_STATE', 'TIMEOUT')) throw error;
    throw await diagnose(context, service, { taskDefinitionArn, reason: error.why, said });
  }
}

/** A container with too few healthy targets. */
interface MissingTargets {
  readonly container: RoutedContainer;
  readonly targets: readonly TargetHealthDescription[];
}

/** What a look saw while targets were missing. */
interface Observation {
  /** How many tasks the service was to run. */
  readonly count: number;
  readonly missing: readonly MissingTargets[];
  readonly primary: Deployment;
  /** Tasks that ended by themselves since the first look. */
  readonly newlyExited: readonly Task[];
}

/** As many tasks may end by themselves as ECS's circuit breaker would let in a deployment of this count. */
const failureThreshold = (count: number): number => Math.min(Math.max(3, Math.ceil(count / 2)), 200);

/**
 * Waits for the targets of a service. ECS's circuit breaker is done with a deployment that is completed: when its tasks
 * end after that, ECS starts others for ever. So while targets are missing, the service and its tasks are looked at too.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
async function targetsHealthy(
  context: WaitContext,
  awaited: Awaited,
  groups: ServiceIds['targetGroups'],
): Promise<void> {
  const { service, taskDefinitionArn, news, said } = awaited;
  const { name } = service;
  let known: ReadonlySet<string | undefined> | undefined;
  let sight: Observation = { count: awaited.count, missing: [], primary: {}, newlyExited: [] };
  try {
    await context.until(`the targets of ${name} to be healthy`, 'targets', async () => {
      const { count } = awaited;
      const lacks = await missingTargets(context, awaited, groups);
      if (lacks.length === 0) return ready(undefined);
      const [now, stopped] = await Promise.all([
        look(context, awaited),
        stoppedTasks(context, context.names.service(service), taskDefinitionArn),
      ]);
      said.push(...news(now?.events));
      const state = deploymentState(now, taskDefinitionArn);
      if (state.state === 'failed') return state;
      const ended = stopped.filter(exitedOnItsOwn);
      known ??= new Set(ended.map(({ taskArn }) => taskArn));
      const fresh = ended.filter(({ taskArn }) => !known?.has(taskArn));
      sight = { count, missing: lacks, primary: now?.deployments?.find(isPrimary) ?? {}, newlyExited: fresh };
      if (fresh.length >= failureThreshold(count)) {
        return failed(`${fresh.length} tasks ended. ${figures(sight)}`);
      }
      return pending(progress(sight, ended[0], now?.events?.[0]?.message));
    });
  } catch (error) {
    if (!isProblem(error, 'FAILED_STATE', 'TIMEOUT')) throw error;
    const isTimeout = error.code === 'TIMEOUT';
    const [lack] = sight.missing;
    const tasksRun = sight.newlyExited.length === 0 && (sight.primary.runningCount ?? 0) >= sight.count;
    if (isTimeout && lack && tasksRun) throw unhealthyTargets(lack.container, lack.targets, error);
    const reason = isTimeout ? `${error.what} ${figures(sight)}` : error.why;
    const what = `${name} was deployed and does not keep running.`;
    throw await diagnose(context, service, { taskDefinitionArn, reason, said, what });
  }
}

const isHealthy = ({ TargetHealth }: TargetHealthDescription): boolean => TargetHealth?.State === 'healthy';

async function missingTargets(
  context: WaitContext,
  { service, count }: Awaited,
  groups: ServiceIds['targetGroups'],
): Promise<MissingTargets[]> {
  const all = await Promise.all(
    service.containers.filter(isRouted).map(async (container) => {
      const TargetGroupArn = groups.get(container.key)?.targetGroupArn ?? '';
      const answer = await context.aws.elbv2(new DescribeTargetHealthCommand({ TargetGroupArn }));
      return { container, targets: answer.TargetHealthDescriptions ?? [] };
    }),
  );
  return all.filter(({ targets }) => targets.filter(isHealthy).length < count);
}

const healthText = ({ container, targets }: MissingTargets, count: number): string =>
  `${targets.filter(isHealthy).length}/${count} targets of ${container.name} healthy`;

const figures = ({ count, missing: lacks, primary }: Observation): string =>
  [...lacks.map((lack) => healthText(lack, count)), taskCounts(primary)].join(', ');

/** Why targets are missing, in one line: what the load balancer, the tasks and ECS say; ids of tasks tell nobody more. */
function progress(
  { count, missing: lacks, primary }: Observation,
  ended: Task | undefined,
  event = '',
): string {
  const healths = lacks.map((lack) => {
    const reasons = lack.targets.map(({ TargetHealth }) => TargetHealth?.Reason).filter(Boolean);
    return [healthText(lack, count), ...new Set(reasons)].join(', ');
  });
  const end = ended ? `last end: ${taskText(ended)}` : '';
  const words = shortened(event).replace(/:? ?\(task [^)]+\)|\.$/g, '');
  const word = words && `ECS: ${words.trim()}`;
  return [...healths, taskCounts(primary), end, word].filter(Boolean).join('; ');
}
