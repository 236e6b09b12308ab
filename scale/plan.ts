/** Plans a change of the number of tasks: what it means for requests, and whether Application Auto Scaling allows it. */
import { countText } from '../lib/model/count-text.ts';
import { messageOf } from '../lib/aws/errors.ts';
import { isRouted } from '../lib/config/config.ts';
import { isScalingRefused, lookScalingRanges, type ScalingRange } from '../lib/look/scaling.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import type { Session } from '../lib/run/session.ts';
import type { ChangedService } from '../rollback/finish-services.ts';

/** Describes the change, e.g. `web: 1 → 3 tasks`. */
export const scaleText = (
  { key, existing }: Pick<ChangedService, 'key' | 'existing'>,
  count: number,
): string => `${key}: ${existing.desiredCount} → ${countText(count, 'task')}`;

/** Describes what a service without tasks means for requests; undefined for a service that keeps tasks. */
export function meaningOfZero(
  { key, deployed }: Pick<ChangedService, 'key' | 'deployed'>,
  count: number,
): string | undefined {
  if (count > 0) return undefined;
  const paths = deployed.service.containers.filter(isRouted).map(({ path }) => path);
  return paths.length === 0
    ? `${key} stops: none of its tasks runs`
    : `${key} stops: the load balancer answers 503 on ${paths.join(' and ')}`;
}

/** Says what the next provision does with the count; undefined if the configuration agrees with it. */
export function provisionNote(
  key: string,
  count: number,
  configured: number | undefined,
): string | undefined {
  if (configured === count) return undefined;
  return configured === undefined
    ? `${key} is not in slipway.config.ts: the next npm run provision removes it`
    : `the next npm run provision returns ${key} to ${countText(configured, 'task')}, unless slipway.config.ts says count: ${count}`;
}

/**
 * Checks that Application Auto Scaling would keep the count. Its range belongs to its creator, so it is not changed.
 * @returns a warning if the service is scaled automatically, or if this is unknown
 * @throws SCALE_REFUSED if the count is outside of the range
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
 */
export async function checkScaling(
  session: Session,
  { key, existing }: ChangedService,
  count: number,
): Promise<string | undefined> {
  const context = session.lookContext();
  const { serviceName } = existing;
  let range: ScalingRange | undefined;
  try {
    range = (await lookScalingRanges(context, [serviceName])).get(serviceName);
  } catch (error) {
    if (!isScalingRefused(error)) throw error;
    return `it is unknown whether Application Auto Scaling changes the count of ${key}: ${messageOf(error).split('\n')[0] ?? ''}`;
  }
  if (range === undefined) return undefined;
  const { min, max } = range;
  if (count < min || count > max)
    throw outsideRange(key, count, range, `service/${context.names.cluster}/${serviceName}`);
  return `Application Auto Scaling controls the count of ${key}, from ${min} to ${max}, and may change it again`;
}

const outsideRange = (key: string, count: number, { min, max }: ScalingRange, resource: string): Problem =>
  problem('SCALE_REFUSED', {
    what: `${key} cannot be scaled to ${countText(count, 'task')}.`,
    why: `Application Auto Scaling controls its count, from ${min} to ${max}, and would move it back into this range.`,
    now: NOTHING_CHANGED,
    fix: [
      `Choose a number from ${min} to ${max},`,
      `or change the range first: aws application-autoscaling register-scalable-target --service-namespace ecs --resource-id ${resource} --scalable-dimension ecs:service:DesiredCount --min-capacity ${Math.min(min, count)} --max-capacity ${Math.max(max, count)}`,
    ],
  });
