/** The waits of resources that other steps may use before they are ready, such as services whose tasks are still watched. */
import { errorsIn, SeveralErrors, waitForSiblings } from '../lib/engine/concurrent.ts';
import type { Outcome } from '../lib/engine/graph.ts';
import type { Noun } from '../lib/model/architecture.ts';

/** The waits, by the noun of their resources. */
export type Readying = Map<Noun, Promise<unknown>[]>;

type Outcomes = ReadonlyMap<Noun, Outcome>;

export const hasFailure = (outcomes: Outcomes): boolean =>
  [...outcomes.values()].some(({ state }) => state === 'failed');

/** Waits until every resource is ready. @returns the outcomes of the nouns, with the failures of these waits */
export async function withReadying(outcomes: Outcomes, readying: Readying): Promise<Outcomes> {
  const complete = new Map(outcomes);
  for (const [noun, waits] of readying) {
    const error: unknown = await waitForSiblings(waits).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    if (error === undefined) continue;
    const outcome = complete.get(noun);
    const earlier = outcome?.state === 'failed' ? errorsIn(outcome.error) : [];
    const all = [...new Set([...earlier, ...errorsIn(error)])];
    complete.set(noun, { state: 'failed', error: all.length > 1 ? new SeveralErrors(all) : all[0] });
  }
  return complete;
}
