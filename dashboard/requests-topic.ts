/** The requests per second of each container: from the load balancer of the sandbox, or from the metrics of CloudWatch. */
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Aws } from '../lib/aws/clients.ts';
import type { Clock } from '../lib/model/clock.ts';
import type { Target } from '../lib/config/config.ts';
import { batchesOf } from '../lib/aws/batches.ts';
import type { HeldSession } from './held-session.ts';
import type { LastLook } from './status-topic.ts';
import type { Topic } from './topics.ts';

/** The value of the topic. */
export interface ShownRequests {
  /** Requests per second by container, `<service>/<container>:<port>`; null if they are not known. */
  readonly perSecond: Readonly<Record<string, number>> | null;
}

/** Milliseconds between two polls: CloudWatch has one value per minute, and each query costs money. */
const EVERY_MS: Readonly<Record<Target, number>> = { sandbox: 1000, aws: 60_000 };
/** A shorter wait, in milliseconds, for the first look to find the target groups. */
const FIRST_MS = 500;
const MINUTE = 60_000;
/** How long after its end a minute is complete in CloudWatch, in milliseconds. */
const DELAY_MS = 60_000;
/** The maximum number of queries per call. */
const QUERIES_PER_CALL = 500;

const UNKNOWN: ShownRequests = { perSecond: null };

/** Returns the number of requests to each target group since some time, or per second. */
type Counts = ReadonlyMap<string, number>;

export function requestsTopic(held: HeldSession, target: Target, clock: Clock, last: LastLook): Topic {
  let before: { readonly counts: Counts; readonly at: number } | undefined;
  let isFound = false;

  /** Returns the rates since the last poll. */
  async function ratesOnSandbox(read: () => Promise<Readonly<Record<string, number>>>): Promise<Counts> {
    const counts = new Map(Object.entries(await read()));
    const at = clock.now();
    const { counts: earlier = counts, at: since = at } = before ?? {};
    before = { counts, at };
    const seconds = Math.max(1, at - since) / 1000;
    return new Map(
      [...counts].map(([arn, count]) => [arn, Math.max(0, count - (earlier.get(arn) ?? 0)) / seconds]),
    );
  }

  return {
    name: 'requests',
    get everyMs() {
      return isFound ? EVERY_MS[target] : FIRST_MS;
    },
    async poll() {
      isFound = last.found !== undefined;
      if (!isFound) return UNKNOWN;
      const { containers } = last;
      try {
        const rates = await held.use(async ({ session }) => {
          const { sandbox } = session.connectedTarget;
          if (sandbox?.requests) return ratesOnSandbox(() => sandbox.requests?.() ?? Promise.resolve({}));
          return ratesOnAws(session.lookContext().aws, [...containers.keys()], last.found, clock.now());
        });
        return { perSecond: byContainer(rates, containers) };
      } catch {
        // The status says why nothing is known.
        before = undefined;
        return UNKNOWN;
      }
    },
  };
}

/** Adds the rates of the target groups of each container, rounded to tenths. */
function byContainer(rates: Counts, containers: ReadonlyMap<string, string>): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [arn, container] of containers) sums[container] = (sums[container] ?? 0) + (rates.get(arn) ?? 0);
  return Object.fromEntries(Object.entries(sums).map(([name, rate]) => [name, Math.round(rate * 10) / 10]));
}

/**
 * Returns the requests per second of the last minute that is complete.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
async function ratesOnAws(
  { cloudwatch }: Pick<Aws, 'cloudwatch'>,
  arns: readonly string[],
  found: LastLook['found'],
  now: number,
): Promise<Counts> {
  const balancers = [...(found?.loadBalancer.values() ?? [])].map(({ loadBalancerArn }) => loadBalancerArn);
  const [balancer] = balancers;
  if (balancer === undefined || arns.length === 0) return new Map();
  const end = Math.floor((now - DELAY_MS) / MINUTE) * MINUTE;
  const rates = new Map<string, number>();
  for (const batch of batchesOf(arns, QUERIES_PER_CALL)) {
    const { MetricDataResults = [] } = await cloudwatch(
      new GetMetricDataCommand({
        StartTime: new Date(end - MINUTE),
        EndTime: new Date(end),
        MetricDataQueries: batch.map((arn, index) => ({
          Id: `m${index}`,
          MetricStat: {
            Metric: {
              Namespace: 'AWS/ApplicationELB',
              MetricName: 'RequestCount',
              Dimensions: [
                { Name: 'TargetGroup', Value: arn.split(':').at(-1) },
                { Name: 'LoadBalancer', Value: balancer.split(':loadbalancer/').at(-1) },
              ],
            },
            Period: MINUTE / 1000,
            Stat: 'Sum',
          },
        })),
      }),
    );
    for (const [index, arn] of batch.entries()) {
      const [sum = 0] = MetricDataResults.find(({ Id }) => Id === `m${index}`)?.Values ?? [];
      rates.set(arn, sum / 60);
    }
  }
  return rates;
}
