/** The end of a provision: everything that should run is healthy, and every path answers. */
import type { See } from '../../lib/look/context.ts';
import type { Place } from '../../lib/run/target.ts';
import type { Run } from '../../lib/run/run.ts';
import { until } from '../../lib/engine/until.ts';
import type { Made } from '../context.ts';
import { balancerUp } from './balancer-failure.ts';
import type { Plan } from '../plan.ts';
import { scaled } from '../services/scaling.ts';
import { settled } from './wait-for-service.ts';
import { addressOf } from './url.ts';
import { verify } from './verify.ts';

/**
 * Waits for what the plan did not touch (what it did has been waited for), and asks every path.
 * @returns the URL; undefined when the name leads nowhere yet, which only an impatient run sees
 */
export async function finish(
  run: Run,
  see: See,
  place: Place,
  plan: Plan,
  made: Made,
): Promise<string | undefined> {
  if (run.patient) {
    const touched = new Set(plan.changes.filter(({ step }) => step === 'services').map(({ key }) => key));
    const untouched = see.config.services.filter(({ name }) => !touched.has(name));
    await Promise.all(
      untouched.map((service) => settled(surroundings(run, see, service.name), service, made)),
    );
  }
  await balancerUp(run, see, plan.found);
  const address = await addressOf(see.config, place, made);
  if (run.patient && address) await verify(scaled(see.config, plan.found), address, run);
  return address?.url;
}

const surroundings = (run: Run, see: See, key: string): Parameters<typeof settled>[0] => ({
  aws: see.aws,
  names: see.names,
  clock: run.clock,
  note: (text) => run.report({ type: 'note', text }),
  until: (what, wait, probe) =>
    until(what, run.waits[wait], probe, {
      clock: run.clock,
      signal: run.signal,
      onPending: (text, elapsed) =>
        run.report({ type: 'thing', step: 'services', key, word: 'waiting', text, elapsed }),
    }),
});
