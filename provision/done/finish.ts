/** Finishes a provision: waits until every service is healthy, and checks that every path answers. */
import { waitForSiblings } from '../../lib/engine/concurrent.ts';
import type { LookContext } from '../../lib/look/context.ts';
import { untilReported, type Run } from '../../lib/run/run.ts';
import type { OpenTarget } from '../../lib/run/target.ts';
import type { AllIds } from '../context.ts';
import type { Plan } from '../plan.ts';
import { withAutoScaledCounts } from '../services/scaling.ts';
import { waitForBalancer } from './balancer-failure.ts';
import { publicAddress } from './url.ts';
import { verify } from './verify.ts';
import { waitForService } from './wait-for-service.ts';

/**
 * Waits for the services that the plan did not change, since the steps have already waited for the others. Then requests every
 * path.
 * @returns the URL; undefined when the name does not resolve yet, which can only happen with --no-wait
 */
export async function finish(
  run: Run,
  context: LookContext,
  target: OpenTarget,
  plan: Plan,
  ids: AllIds,
): Promise<string | undefined> {
  const { config } = context;
  if (run.waitUntilReady) {
    const changed = plan.changes.filter(({ noun }) => noun === 'services').map(({ key }) => key);
    const unchanged = config.services.filter(({ name }) => !changed.includes(name));
    await waitForSiblings(
      unchanged.map((service) => waitForService(waitContext(run, context, service.name), service, ids)),
    );
  }
  await waitForBalancer(run, context, plan.found);
  const address = await publicAddress(config, target, ids);
  if (run.waitUntilReady && address) await verify(withAutoScaledCounts(config, plan.found), address, run);
  return address?.url;
}

const waitContext = (
  run: Run,
  { aws, names }: LookContext,
  key: string,
): Parameters<typeof waitForService>[0] => ({
  aws,
  names,
  clock: run.clock,
  note: (text) => run.report({ type: 'note', text }),
  until: untilReported(run, 'services', key),
});
