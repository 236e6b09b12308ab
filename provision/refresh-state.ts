/** Refreshes the state file after a survey, so that it contains what was found and nothing else. */
import { itemsOf, type Survey } from '../lib/look/found.ts';
import { nouns } from '../lib/model/architecture.ts';
import { addressOf, idsOf } from '../lib/model/resources.ts';
import type { State } from '../lib/state/state.ts';

/**
 * Records what was found and not known, and forgets what is gone. The survey has looked for every recorded id that its
 * queries did not show, so what it has not found does not exist.
 */
export async function refreshState(state: State, found: Survey): Promise<void> {
  const known = new Set<string>();
  const writes: Promise<void>[] = [];
  for (const noun of nouns) {
    for (const [key, item] of itemsOf(found, noun)) {
      const address = addressOf(noun, key);
      known.add(address);
      const ids = idsOf(noun, item);
      if (JSON.stringify(state.data.resources[address]) !== JSON.stringify(ids)) {
        writes.push(state.record(address, ids));
      }
    }
  }
  for (const address of Object.keys(state.data.resources)) {
    if (!known.has(address)) writes.push(state.forget(address));
  }
  await Promise.all(writes);
}
