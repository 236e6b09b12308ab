/** Finds out whether the count of a service is the business of Application Auto Scaling. */
import { DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { hasResponse, isServerError, isThrottle, isUnimplemented, messageOf } from '../aws/errors.ts';
import { allPages } from '../aws/pages.ts';
import type { LookContext } from './context.ts';

/** What Application Auto Scaling has to do with the count of a service. */
export type Scaling =
  /** The count is its business: it lies between these bounds of its own. */
  | { readonly min: number; readonly max: number }
  /** It did not say, for this reason. */
  | { readonly unknown: string };

const DIMENSION = 'ecs:service:DesiredCount';

/** Not allowed to ask, or an endpoint that does not know the service. What may pass by itself is another matter. */
const isRefused = (error: unknown): boolean =>
  isUnimplemented(error) || (hasResponse(error) && !isServerError(error) && !isThrottle(error));

/**
 * Asks whether these counts lie within the range of a scalable target; a service is left out when there is none, or when
 * its count lies outside.
 * @param counts by the name of the service, as they are; none of them costs no call
 * @see https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html
 */
export async function lookScaling(
  { aws, names: { cluster } }: Pick<LookContext, 'aws' | 'names'>,
  counts: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, Scaling>> {
  if (counts.size === 0) return new Map();
  const idOf = (service: string) => `service/${cluster}/${service}`;
  const ResourceIds = [...counts.keys()].map(idOf);
  try {
    const targets = await allPages(async (NextToken) => {
      const page = await aws.autoscaling(
        new DescribeScalableTargetsCommand({
          ServiceNamespace: 'ecs',
          ResourceIds,
          ScalableDimension: DIMENSION,
          NextToken,
        }),
      );
      return { items: page.ScalableTargets ?? [], next: page.NextToken };
    });
    const scaled = [...counts].flatMap(([service, count]): [string, Scaling][] => {
      const target = targets.find(
        ({ ResourceId, ScalableDimension }) =>
          ResourceId === idOf(service) && ScalableDimension === DIMENSION,
      );
      const { MinCapacity: least = 0, MaxCapacity: most = 0 } = target ?? {};
      return target && least <= count && count <= most ? [[service, { min: least, max: most }]] : [];
    });
    return new Map(scaled);
  } catch (error) {
    if (!isRefused(error)) throw error;
    const [unknown = ''] = messageOf(error).split('\n');
    return new Map([...counts.keys()].map((service) => [service, { unknown }]));
  }
}
