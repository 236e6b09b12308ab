/** Finds out whether Application Auto Scaling controls the count of a service. */
import { DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { hasErrorResponse, isServerError, isThrottle, isUnimplemented, messageOf } from '../aws/errors.ts';
import { allPages } from '../aws/pages.ts';
import type { LookContext } from './context.ts';

/** The influence of Application Auto Scaling on the count of a service. */
export type Scaling =
  /** It controls the count, which is within these bounds. */
  | { readonly min: number; readonly max: number }
  /** The call was refused, for this reason, so the influence is unknown. */
  | { readonly unknown: string };

const DIMENSION = 'ecs:service:DesiredCount';

/** Whether an error means that the call is denied or not supported by the endpoint. Transient errors mean neither. */
const isRefused = (error: unknown): boolean =>
  isUnimplemented(error) || (hasErrorResponse(error) && !isServerError(error) && !isThrottle(error));

/**
 * Returns the scaling of every service that has a scalable target and whose count is within the bounds of that target. Other
 * services are left out.
 * @param counts the current count of each service, keyed by name; if it is empty, no call is made
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
      const { MinCapacity: min = 0, MaxCapacity: max = 0 } = target ?? {};
      return target && min <= count && count <= max ? [[service, { min, max }]] : [];
    });
    return new Map(scaled);
  } catch (error) {
    if (!isRefused(error)) throw error;
    const [unknown = ''] = messageOf(error).split('\n');
    return new Map([...counts.keys()].map((service) => [service, { unknown }]));
  }
}
