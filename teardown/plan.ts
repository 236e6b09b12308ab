/** The removals of all nouns, and their order: the architecture in reverse. */
import { reversed } from '../lib/engine/graph.ts';
import { needs, nouns, type Noun } from '../lib/model/architecture.ts';
import type { Removals } from './remove.ts';
import * as allRemovals from './steps/index.ts';

/** The removal of each noun. `steps/index.ts` checks that the list is complete. */
export const removals = allRemovals as unknown as Removals;

/** Returns, for each kind of resource, the kinds that must be removed before it. */
export function removalOrder(): Record<Noun, Noun[]> {
  const order = reversed<Noun>(needs);
  for (const noun of nouns) order[noun].push(...(removals[noun].after ?? []));
  return order;
}
