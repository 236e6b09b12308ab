/** Concludes a wait that failed: restores the previous version, reads what runs now, and composes the problem. */
import { findCause } from '../../lib/diagnosis/cause.ts';
import type { Facts } from '../../lib/diagnosis/facts.ts';
import { describeService } from '../../lib/look/services.ts';
import type { Problem } from '../../lib/model/problem.ts';
import { aftermath } from './aftermath.ts';
import { isPrimary, shownDeployment } from './deployment.ts';
import { failureProblem } from './failure-problem.ts';
import { FailedDeployment } from './failed-deployment.ts';
import type { WaitContext } from './followed-service.ts';
import { awaitRestoration, restore, type Restoration } from './restore.ts';
import { hasTrouble, observedIn, type ServiceWait } from './service-wait.ts';
import { sight } from './sighting.ts';
import { rollbackAdvice } from './unanswered.ts';

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
  const facts = await latestFacts(context, wait, reason);
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
    service: name,
    what: wasDeployed ? whatIfDeployed : `The deployment of ${name} failed`,
    now,
    reason,
    moreAdvice: (await canRollBack(context, wait, restoration)) ? [rollbackAdvice(name)] : [],
  });
}

/** Whether the failed version still is the one of the service, and a rollback can restore an earlier one. */
async function canRollBack(
  context: WaitContext,
  { followed }: ServiceWait,
  { outcome }: Restoration,
): Promise<boolean> {
  if (outcome === 'stopped' || outcome === 'updated back') return false;
  const { service, deployment, records } = followed;
  const current = await describeService(context, context.names.service(service)).catch(() => undefined);
  const inUse = current?.deployments?.find(isPrimary)?.taskDefinition;
  return inUse === deployment.taskDefinitionArn && (await records.hasEarlierGood(inUse).catch(() => false));
}

/**
 * Gathers the facts once more, before the restoration: the load balancer soon forgets the failed targets. The tasks may have
 * failed after the last look, so they are read again; the targets of the last look are remembered.
 */
async function latestFacts(
  context: WaitContext,
  { followed, lastSighting, gather }: ServiceWait,
  reason: string,
): Promise<Facts> {
  if (lastSighting) await gather(observedIn(followed, lastSighting, reason));
  const { service, deployment, count, groups } = followed;
  const latest = await sight(context, service, deployment, { count, groups }).catch(() => lastSighting);
  return gather(observedIn(followed, latest, reason));
}

/**
 * Restores the previous version. Three kinds of deployments are left alone: one that ECS has already ended; one that is only slow
 * and may still succeed; and one that was completed before this run, since the previous version may be older than anyone
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
