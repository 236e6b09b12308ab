/** The load balancer while others wait behind it: a wait that can never end well, since it failed, ends with AWS's reason. */
import type { LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import { recentLoadBalancer, fetchLoadBalancer } from '../../lib/look/load-balancer.ts';
import type { Survey } from '../../lib/look/found.ts';
import type { LookContext } from '../../lib/look/context.ts';
import { problem, type Problem } from '../../lib/model/problem.ts';
import { only } from '../../lib/model/resources.ts';
import type { Run } from '../../lib/run/run.ts';
import type { ApplyContext } from '../../lib/engine/step.ts';
import { failed, pending, ready, until, type ProbeResult } from '../../lib/engine/until.ts';

type BalancerWait = Pick<ApplyContext<'services'>, 'aws' | 'names' | 'clock' | 'until'>;

/**
 * How far a load balancer is. One that is impaired answers.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerState.html
 */
function stateOf(balancer: LoadBalancer | undefined): ProbeResult<undefined> {
  const { Code, Reason } = balancer?.State ?? {};
  if (!balancer) return pending('the load balancer is not seen yet');
  if (Code === 'failed') return failed(Reason ?? '', failure(balancer));
  return Code === 'provisioning' ? pending('the load balancer is provisioning') : ready(undefined);
}

const failure = ({ LoadBalancerName, State }: LoadBalancer): Problem =>
  problem('FAILED_STATE', {
    what: `AWS could not set up the load balancer ${LoadBalancerName}.`,
    why: State?.Reason ?? 'AWS gives no reason.',
    now: 'What was made so far is kept and recorded; nothing is answered until it has another load balancer.',
    fix: [
      'Mend what the reason names,',
      'then npm run provision, to replace the load balancer',
      'npm run teardown, to remove everything',
    ],
  });

/**
 * Carries out what waits for tasks and their targets. Until it is up, the load balancer is looked at whenever they are.
 * @throws FAILED_STATE when the load balancer has failed
 */
export async function failingWithBalancer<A extends BalancerWait>(
  context: A,
  work: (context: A) => Promise<void>,
): Promise<void> {
  let isUp = false;
  let lost: Error | undefined;
  const watched: BalancerWait['until'] = (what, wait, probe) =>
    context.until(what, wait, async () => {
      const probed = await probe();
      if (probed.state === 'ready' || isUp) return probed;
      const state = stateOf(await recentLoadBalancer(context));
      isUp = state.state === 'ready';
      if (state.state !== 'failed') return probed;
      lost = state.cause;
      // Not as a problem: who waits would take it for what came of the service.
      throw new Error(state.reason);
    });
  try {
    await work({ ...context, until: watched });
  } catch (error) {
    throw lost ?? error;
  }
}

/**
 * Waits until the load balancer is up; an impatient run looks once.
 * @param found what the survey saw: one that was up is not looked at again
 */
export async function waitForBalancer(run: Run, context: LookContext, found: Survey): Promise<void> {
  if (only(found.loadBalancer)?.state === 'active') return;
  const what = 'the load balancer to be active';
  const probe = async () => {
    const state = stateOf(await fetchLoadBalancer(context));
    return state.state === 'pending' && !run.waitUntilReady ? ready(undefined) : state;
  };
  await until(what, run.waits.loadBalancer, probe, {
    ...run,
    onPending: (text) => run.report({ type: 'note', text }),
  });
}
