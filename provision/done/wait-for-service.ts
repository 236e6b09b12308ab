/** Waits until a service is proven to run. If its deployment fails, restores the previous version and explains the failure. */
import type { Service as EcsService } from '@aws-sdk/client-ecs';
import { isRouted, type Service } from '../../lib/config/config.ts';
import { findCause } from '../../lib/diagnosis/cause.ts';
import { pending, ready, type ProbeResult } from '../../lib/engine/until.ts';
import { isProblem } from '../../lib/model/problem.ts';
import { whileWatchingBalancer } from './balancer-failure.ts';
import { shownDeployment } from './deployment.ts';
import { FailedDeployment } from './failed-deployment.ts';
import { concludeFailedWait } from './failed-wait.ts';
import { fetchState, follow, type ServiceIds, type WaitContext } from './followed-service.ts';
import { progressText, troubleTexts } from './progress-text.ts';
import { bakeMs } from './bake-times.ts';
import { hasTrouble, newServiceWait, observedIn, type ServiceWait } from './service-wait.ts';
import { sight, type Sighting } from './sighting.ts';

/**
 * Waits until a service runs the desired task definition, and its tasks and targets have stayed healthy for a while.
 * ECS's own waiter is not enough: it also accepts a deployment that was rolled back. If the deployment cannot succeed, the
 * previous version is restored, without waiting for ECS's circuit breaker.
 * @param serviceInResponse the service in the response to a create or an update, if there was one
 * @param onDeployed called when ECS reports the deployment as completed; the tasks are watched a little longer
 * @throws DEPLOYMENT or UNHEALTHY with the cause, its evidence, and the version that runs now; FAILED_STATE if the load balancer
 *   itself failed
 */
export async function waitForService(
  context: WaitContext,
  service: Service,
  ids: ServiceIds,
  serviceInResponse?: EcsService,
  onDeployed?: () => void,
): Promise<void> {
  const wait = newServiceWait(context, follow(context, service, ids, serviceInResponse));
  const work = async (workContext: WaitContext) => {
    const isProven = await waitUntilDeployed(workContext, wait);
    onDeployed?.();
    if (!isProven) await waitUntilProven(workContext, wait);
  };
  const hasRoutes = service.containers.some(isRouted);
  try {
    await (hasRoutes ? whileWatchingBalancer(context, work) : work(context));
  } catch (error) {
    if (!(error instanceof FailedDeployment) && !isProblem(error, 'TIMEOUT')) throw error;
    throw await concludeFailedWait(context, wait, error);
  }
}

/** While a deployment is in progress, its tasks are read at most this often, in milliseconds. */
const SIGHT_EVERY_MS = 200;

/**
 * Waits until ECS reports the deployment as completed. Ends early if the deployment cannot succeed.
 * @returns whether the service is already proven to run
 */
function waitUntilDeployed(context: WaitContext, wait: ServiceWait): Promise<boolean> {
  const { followed } = wait;
  const probe = async (): Promise<ProbeResult<boolean>> => {
    const state = await stateOf(context, wait);
    if (state.state === 'ready' && followed.count === 0) return ready(true);
    if (state.state === 'ready') return ready((await look(context, wait, true)).proven.state === 'ready');
    if (shownDeployment(followed.current, followed.deployment) === undefined) return state;
    const isDue = context.clock.now() - wait.lastSightedAt >= SIGHT_EVERY_MS;
    const sighting = (isDue ? undefined : wait.lastSighting) ?? (await look(context, wait, false)).sighting;
    if (isDue) await throwIfHopeless(wait, sighting);
    return pending([state.note, ...troubleTexts(sighting)].join('; '));
  };
  const extraMs = bakeMs(followed.service.deploy, followed.current?.deploymentConfiguration);
  return context.until(`service ${followed.service.name} to be deployed`, 'deployment', probe, extraMs);
}

/**
 * Waits until the tasks and targets of a completed deployment have stayed healthy for long enough. ECS's circuit breaker ignores
 * completed deployments: if their tasks end later, ECS restarts them forever.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
async function waitUntilProven(context: WaitContext, wait: ServiceWait): Promise<void> {
  const { followed } = wait;
  await context.until(`the tasks of ${followed.service.name} to stay healthy`, 'targets', async () => {
    const state = await stateOf(context, wait);
    const { sighting, proven } = await look(context, wait, state.state === 'ready');
    if (proven.state === 'ready') return proven;
    await throwIfHopeless(wait, sighting);
    if (proven.state === 'failed') throw new FailedDeployment(proven.reason, { isOver: false });
    return pending(progressText(followed, sighting, proven.note));
  });
}

/** Fetches the service, and returns the state of its deployment. @throws FailedDeployment if the deployment has failed */
async function stateOf(
  context: WaitContext,
  { followed }: ServiceWait,
): Promise<Exclude<ProbeResult<undefined>, { state: 'failed' }>> {
  const state = await fetchState(context, followed);
  if (state.state === 'failed') throw new FailedDeployment(state.reason, { isOver: true });
  return state;
}

/** Reads the tasks and the targets, and adds them to the proof. */
async function look(
  context: WaitContext,
  wait: ServiceWait,
  isComplete: boolean,
): Promise<{ readonly sighting: Sighting; readonly proven: ProbeResult<undefined> }> {
  const { service, deployment, count, current, groups } = wait.followed;
  const sighting = await sight(context, service, deployment, { count, groups });
  const at = context.clock.now();
  wait.lastSighting = sighting;
  wait.lastSightedAt = at;
  const isServing = sighting.unhealthy.length === 0 && sighting.running.length >= Math.max(1, count);
  if (isServing && !wait.followed.isServing) context.reportServing?.();
  wait.followed.isServing ||= isServing;
  const runningCount = shownDeployment(current, deployment)?.runningCount ?? count;
  return { sighting, proven: wait.proof.observe({ ...sighting, at, count, isComplete, runningCount }) };
}

/**
 * Ends the wait if the facts show a cause that no retry can remove. The facts are gathered only if something has gone wrong,
 * since that takes several calls.
 * @throws FailedDeployment with the cause
 */
async function throwIfHopeless({ followed, gather }: ServiceWait, sighting: Sighting): Promise<void> {
  if (!hasTrouble(followed, sighting)) return;
  const cause = findCause(await gather(observedIn(followed, sighting)));
  if (cause?.isPermanent) throw new FailedDeployment('', { isOver: false, cause });
}
