/** Finds out which of a container's two target groups contains the tasks of its service. */
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { routesOf } from '../../lib/config/config.ts';
import { containerOfRule } from '../../lib/derive/desired-rules.ts';
import type { ApplyContext } from '../../lib/engine/step.ts';

/**
 * Returns the alternate group of a container if the tasks of its service are in this group. Someone may have deleted the rule
 * that sent requests to it.
 * @param context the context of the rule
 * @param pair the ARNs of the two groups; the second is undefined if the container has only one
 */
export async function groupWithTargets(
  { aws, change, config, found }: Pick<ApplyContext<'rules'>, 'aws' | 'change' | 'config' | 'found'>,
  [primary, alternate]: readonly [primary: string, alternate: string | undefined],
): Promise<string | undefined> {
  const service = routesOf(config).find(
    ({ container }) => container.key === containerOfRule(change.key),
  )?.service;
  if (alternate === undefined || !found.services.has(service?.name ?? '')) return undefined;
  const [primaryCount = 0, alternateCount = 0] = await Promise.all(
    [primary, alternate].map(async (TargetGroupArn) => {
      const health = await aws.elbv2(new DescribeTargetHealthCommand({ TargetGroupArn }));
      return health.TargetHealthDescriptions?.length ?? 0;
    }),
  );
  return alternateCount > primaryCount ? alternate : undefined;
}
