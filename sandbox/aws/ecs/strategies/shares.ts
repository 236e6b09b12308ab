/** The shares of the traffic that a service deployment shows for its revisions: those that ECS has requested. */
import type { ServiceRevisionSummary } from '@aws-sdk/client-ecs';
import { shortName } from '../lookups.ts';
import type { RolloutRow } from '../store.ts';

/**
 * Adds its shares of the production traffic and of the test traffic to the summary of a revision, in percent. A deployment
 * without a load balancer, or one that shifts no traffic, shows none.
 */
export function withShares(
  { progress, targetServiceRevision }: RolloutRow,
  summary: ServiceRevisionSummary,
): ServiceRevisionSummary {
  if (!progress || progress.routes.length === 0) return summary;
  const isTarget = summary.arn === targetServiceRevision?.arn;
  const isSource =
    progress.sourceId !== undefined && shortName(progress.sourceId) === shortName(summary.arn ?? '');
  const shareOf = (percent: number) => (isTarget ? percent : isSource ? 100 - percent : 0);
  const hasTestRule = progress.routes.some(({ testRule }) => testRule !== undefined);
  return {
    ...summary,
    requestedProductionTrafficWeight: shareOf(progress.productionPercent),
    ...(hasTestRule && { requestedTestTrafficWeight: shareOf(progress.testPercent) }),
  };
}
