/** For unit tests of timeouts: a context whose waits give up after a few probes. */
import { until, type ProbeResult } from '../../lib/engine/until.ts';
import { testClock } from './step-harness.ts';

/** The part of the context of a step or a removal that a wait needs. */
interface Waiting {
  readonly signal: AbortSignal;
  until<T>(what: string, wait: never, probe: () => Promise<ProbeResult<T>>): Promise<T>;
}

export function withShortWaits<A extends Waiting>(context: A): A {
  const { signal } = context;
  const wait = { first: 0, every: 1000, deadline: 3000 };
  return {
    ...context,
    until: <T>(what: string, _wait: unknown, probe: () => Promise<ProbeResult<T>>) =>
      until(what, wait, probe, { clock: testClock(), signal }),
  };
}
