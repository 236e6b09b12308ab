/** For unit tests of what never comes: the same surroundings, whose waits give up after a few looks. */
import { until, type ProbeResult } from '../../lib/engine/until.ts';
import { testClock } from './step-harness.ts';

/** As much of an act or of an undo as a wait needs. */
interface Waiting {
  readonly signal: AbortSignal;
  until<T>(what: string, wait: never, probe: () => Promise<ProbeResult<T>>): Promise<T>;
}

export function withShortWaits<A extends Waiting>(surroundings: A): A {
  const { signal } = surroundings;
  const wait = { first: 0, every: 1000, deadline: 3000 };
  return {
    ...surroundings,
    until: <T>(what: string, _wait: unknown, probe: () => Promise<ProbeResult<T>>) =>
      until(what, wait, probe, { clock: testClock(), signal }),
  };
}
