/** Refreshes the state file after a survey, so that it contains exactly what was found. */
import { itemsOf, type Survey } from '../lib/look/found.ts';
import { nouns, type Noun } from '../lib/model/architecture.ts';
import { addressOf, idsOf } from '../lib/model/resources.ts';
import type { State } from '../lib/state/state.ts';

/**
 * Records found resources and forgets resources that no longer exist. The survey has also looked up every recorded id that
 * AWS's lists did not show, so a resource that is not in the survey does not exist.
 * @param ofOthers nouns whose resources belong to someone else, and are not recorded
 */
export async function refreshState(
  state: State,
  found: Survey,
  ofOthers: readonly Noun[] = [],
): Promise<void> {
  const existing = new Set<string>();
  const writes: Promise<void>[] = [];
  for (const noun of nouns.filter((one) => !ofOthers.includes(one))) {
    for (const [key, item] of itemsOf(found, noun)) {
      const address = addressOf(noun, key);
      existing.add(address);
      const ids = idsOf(noun, item);
      if (JSON.stringify(state.data.resources[address]) !== JSON.stringify(ids)) {
        writes.push(state.record(address, ids));
      }
    }
  }
  for (const address of Object.keys(state.data.resources)) {
    if (!existing.has(address)) writes.push(state.forget(address));
  }
  await Promise.all(writes);
}
