/** Concludes a wait that failed: restores the previous version, reads what runs now, and composes the problem. */
import { findCause } from '../../lib/diagnosis/cause.ts';
import type { Problem } from '../../lib/model/problem.ts';
import { aftermath } from './aftermath.ts';
import { shownDeployment } from './deployment.ts';
import { failureProblem } from './diagnose.ts';
import { FailedDeployment } from './failed-deployment.ts';
import type { WaitContext } from './followed-service.ts';
import { awaitRestoration, restore, type Restoration } from './restore.ts';
import { hasTrouble, observedIn, type ServiceWait } from './service-wait.ts';

/**
 * Restores the previous version where that is possible, and returns the problem that explains the failure.
 * @param failure a failed deployment, or the timeout of the wait
 */
export async function concludeFailedWait(
  context: WaitContext,
  wait: ServiceWait,
  failure: FailedDeployment | Problem,
): Promise<Problem> {
  const { followed, lastSighting } = wait;
  const { name } = followed.service;
  const isTimeout = !(failure instanceof FailedDeployment);
  const reason = isTimeout ? `${failure.what} ${failure.why}` : failure.reason;
  // The facts are read before the restoration, since the load balancer soon forgets the failed targets.
  const facts = await wait.gather(observedIn(followed, lastSighting, reason));
  const cause = (isTimeout ? undefined : failure.knownCause) ?? findCause(facts);
  const wasDeployed = shownDeployment(followed.current, followed.deployment)?.rolloutState === 'COMPLETED';
  const restoration = await restorationAfter(context, wait, failure);
  const now = await aftermath(context, followed, restoration);
  const [first] = lastSighting?.unhealthy ?? [];
  const isUnhealthy = isTimeout && wasDeployed && first !== undefined && lastSighting?.ended.length === 0;
  const whatIfDeployed = isUnhealthy
    ? `The load balancer reports ${first.container.name} as unhealthy`
    : `${name} was deployed but does not keep running`;
  return failureProblem(facts, cause, {
    code: isUnhealthy ? 'UNHEALTHY' : 'DEPLOYMENT',
    what: wasDeployed ? whatIfDeployed : `The deployment of ${name} failed`,
    now,
    reason,
    awsCommand: context.awsCommand,
  });
}

/**
 * Restores the previous version. Three kinds of deployments are left alone: one that ECS has already ended; one that is only slow
 * and may still succeed; and one that was completed before this run, since the version before it may be older than anyone
 * expects.
 */
async function restorationAfter(
  context: WaitContext,
  { followed, lastSighting }: ServiceWait,
  failure: FailedDeployment | Problem,
): Promise<Restoration> {
  if (failure instanceof FailedDeployment && failure.isOver) return awaitRestoration(context, followed);
  if (followed.wasComplete) return { outcome: 'unchanged' };
  const isOnlySlow =
    !(failure instanceof FailedDeployment) && !(lastSighting && hasTrouble(followed, lastSighting));
  return isOnlySlow ? { outcome: 'still in progress' } : restore(context, followed);
}
