/** Finds out whether Application Auto Scaling controls the count of a service. */
import { DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { hasErrorResponse, isServerError, isThrottle, isUnimplemented, messageOf } from '../aws/errors.ts';
import { allPages } from '../aws/pages.ts';
import type { LookContext } from './context.ts';

/** The influence of Application Auto Scaling on the count of a service. */
export type Scaling =
  /** It controls the count, which is within these bounds. */
  | ScalingRange
  /** The call was refused, for this reason, so the influence is unknown. */
  | { readonly unknown: string };

const DIMENSION = 'ecs:service:DesiredCount';

/** Whether an error means that the call is denied or not supported by the endpoint. Transient errors mean neither. */
export const isScalingRefused = (error: unknown): boolean =>
  isUnimplemented(error) || (hasErrorResponse(error) && !isServerError(error) && !isThrottle(error));

/** The range within which Application Auto Scaling keeps the count of a service. */
export interface ScalingRange {
  readonly min: number;
  readonly max: number;
}

/**
 * Returns the range of every service that has a scalable target.
 * @param services their names in ECS
 * @throws the error of AWS if the call is refused
 * @see https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html
 */
export async function lookScalingRanges(
  { aws, names: { cluster } }: Pick<LookContext, 'aws' | 'names'>,
  services: readonly string[],
): Promise<ReadonlyMap<string, ScalingRange>> {
  const idOf = (service: string) => `service/${cluster}/${service}`;
  const targets = await allPages(async (NextToken) => {
    const page = await aws.autoscaling(
      new DescribeScalableTargetsCommand({
        ServiceNamespace: 'ecs',
        ResourceIds: services.map(idOf),
        ScalableDimension: DIMENSION,
        NextToken,
      }),
    );
    return { items: page.ScalableTargets ?? [], next: page.NextToken };
  });
  return new Map(
    services.flatMap((service): [string, ScalingRange][] => {
      const target = targets.find(
        ({ ResourceId, ScalableDimension }) =>
          ResourceId === idOf(service) && ScalableDimension === DIMENSION,
      );
      return target ? [[service, { min: target.MinCapacity ?? 0, max: target.MaxCapacity ?? 0 }]] : [];
    }),
  );
}

/**
 * Returns the scaling of every service that has a scalable target and whose count is within the range of that target. Other
 * services are left out.
 * @param counts the current count of each service, keyed by name; if it is empty, no call is made
 */
export async function lookScaling(
  context: Pick<LookContext, 'aws' | 'names'>,
  counts: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, Scaling>> {
  if (counts.size === 0) return new Map();
  try {
    const ranges = await lookScalingRanges(context, [...counts.keys()]);
    return new Map(
      [...ranges].filter(([service, { min, max }]) => {
        const count = counts.get(service) ?? min;
        return min <= count && count <= max;
      }),
    );
  } catch (error) {
    if (!isScalingRefused(error)) throw error;
    const [unknown = ''] = messageOf(error).split('\n');
    return new Map([...counts.keys()].map((service) => [service, { unknown }]));
  }
}
