/** Watches the load balancer during the waits for services: if the load balancer fails, these waits end with AWS's reason. */
import type { LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import { recentLoadBalancer, fetchLoadBalancer } from '../../lib/look/load-balancer.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { LookContext } from '../../lib/look/context.ts';
import { problem, type Problem } from '../../lib/model/problem.ts';
import { only } from '../../lib/model/resources.ts';
import type { Run } from '../../lib/run/run.ts';
import type { ApplyContext } from '../../lib/engine/step.ts';
import { failed, pending, ready, until, type ProbeResult } from '../../lib/engine/until.ts';

type WatchContext = Pick<ApplyContext<'services'>, 'aws' | 'names' | 'clock' | 'until'>;

/**
 * Converts the state of a load balancer to the result of a probe. An impaired load balancer counts as ready, since it answers
 * requests.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerState.html
 */
export function probeResultOf(balancer: LoadBalancer | undefined): ProbeResult<undefined> {
  const { Code, Reason } = balancer?.State ?? {};
  if (!balancer) return pending('the load balancer is not visible yet');
  if (Code === 'failed') return failed(Reason ?? '', failureOf(balancer));
  return Code === 'provisioning' ? pending('the load balancer is provisioning') : ready(undefined);
}

const failureOf = ({ LoadBalancerName, State }: LoadBalancer): Problem =>
  problem('FAILED_STATE', {
    what: `AWS could not set up the load balancer ${LoadBalancerName}.`,
    why: State?.Reason ?? 'AWS gives no reason.',
    now: 'Everything created so far is kept and recorded; no request is answered until the load balancer is replaced.',
    fix: [
      'Fix the cause named above,',
      'then npm run provision, to replace the load balancer',
      'npm run teardown, to remove everything',
    ],
  });

/**
 * Runs work that waits for tasks or targets. Until the load balancer is up, every probe also checks the load balancer.
 * @throws FAILED_STATE when the load balancer has failed
 */
export async function whileWatchingBalancer<A extends WatchContext>(
  context: A,
  work: (context: A) => Promise<void>,
): Promise<void> {
  let isUp = false;
  let balancerFailure: Error | undefined;
  const watched: WatchContext['until'] = (what, wait, probe, extraMs) => {
    const watchedProbe: typeof probe = async () => {
      const result = await probe();
      if (result.state === 'ready' || isUp) return result;
      const balancerResult = probeResultOf(await recentLoadBalancer(context));
      isUp = balancerResult.state === 'ready';
      if (balancerResult.state !== 'failed') return result;
      balancerFailure = balancerResult.cause;
      // This is a plain Error, since callers would report a Problem as a failed deployment.
      throw new Error(balancerResult.reason);
    };
    return context.until(what, wait, watchedProbe, extraMs);
  };
  try {
    await work({ ...context, until: watched });
  } catch (error) {
    throw balancerFailure ?? error;
  }
}

/**
 * Waits until the load balancer is up. A run with --no-wait checks only once.
 * @param found the survey; no check is necessary if it shows an active load balancer
 */
export async function waitForBalancer(run: Run, context: LookContext, found: Survey): Promise<void> {
  if (only(found.loadBalancer)?.state === 'active') return;
  const what = 'the load balancer to be active';
  const probe = async () => {
    const result = probeResultOf(await fetchLoadBalancer(context));
    return result.state === 'pending' && !run.waitUntilReady ? ready(undefined) : result;
  };
  await until(what, run.waits.loadBalancer, probe, {
    ...run,
    onPending: (text) => run.report({ type: 'note', text }),
  });
}
