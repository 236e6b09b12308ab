/** Reads the shares of the requests that the versions of a service get while ECS shifts requests. Pure. */
import type { HistoryFacts } from './read.ts';

/** The statuses of a deployment that may be shifting requests, forward or back. */
const SHIFTING: readonly string[] = [
  'IN_PROGRESS',
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
];

/**
 * Returns the shares of the requests in percent while ECS shifts requests, by the ARN of the service revision. A rolling deployment
 * has no shares.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevisionSummary.html
 */
export function sharesIn({
  deployments = [],
}: Pick<HistoryFacts, 'deployments'>): ReadonlyMap<string, number> {
  const shifting = deployments.filter(
    ({ status = '', deploymentConfiguration }) =>
      SHIFTING.includes(status) && ![undefined, 'ROLLING'].includes(deploymentConfiguration?.strategy),
  );
  return new Map(
    shifting
      .flatMap(({ targetServiceRevision, sourceServiceRevisions = [] }) => [
        ...sourceServiceRevisions,
        ...(targetServiceRevision ? [targetServiceRevision] : []),
      ])
      .flatMap(({ arn = '', requestedProductionTrafficWeight: weight }) =>
        weight === undefined ? [] : [[arn, weight] as const],
      ),
  );
}
