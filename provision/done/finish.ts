/** The end of a provision: waits until all services are healthy and every path answers. */
import type { LookContext } from '../../lib/look/context.ts';
import type { OpenTarget } from '../../lib/run/target.ts';
import type { Run } from '../../lib/run/run.ts';
import { until } from '../../lib/engine/until.ts';
import type { AllIds } from '../context.ts';
import { waitForBalancer } from './balancer-failure.ts';
import type { Plan } from '../plan.ts';
import { withAutoScaledCounts } from '../services/scaling.ts';
import { waitForService } from './wait-for-service.ts';
import { publicAddress } from './url.ts';
import { verify } from './verify.ts';

/**
 * Waits for the services that the plan did not touch (the others have been waited for), and requests every path.
 * @returns the URL; undefined if the name does not resolve yet, which happens only in a run that does not wait
 */
export async function finish(
  run: Run,
  context: LookContext,
  target: OpenTarget,
  plan: Plan,
  ids: AllIds,
): Promise<string | undefined> {
  if (run.waitUntilReady) {
    const touched = new Set(plan.changes.filter(({ noun }) => noun === 'services').map(({ key }) => key));
    const untouched = context.config.services.filter(({ name }) => !touched.has(name));
    await Promise.all(
      untouched.map((service) => waitForService(waitContext(run, context, service.name), service, ids)),
    );
  }
  await waitForBalancer(run, context, plan.found);
  const address = await publicAddress(context.config, target, ids);
  if (run.waitUntilReady && address)
    await verify(withAutoScaledCounts(context.config, plan.found), address, run);
  return address?.url;
}

const waitContext = (run: Run, context: LookContext, key: string): Parameters<typeof waitForService>[0] => ({
  aws: context.aws,
  names: context.names,
  clock: run.clock,
  note: (text) => run.report({ type: 'note', text }),
  until: (what, wait, probe) =>
    until(what, run.waits[wait], probe, {
      clock: run.clock,
      signal: run.signal,
      onPending: (text, elapsed) =>
        run.report({ type: 'thing', noun: 'services', key, status: 'waiting', text, elapsed }),
    }),
});
