/** Heals the state file after a survey: it remembers what was found, and nothing else. */
import { nouns } from '../lib/model/architecture.ts';
import type { Found, Survey } from '../lib/look/found.ts';
import { addressOf, idsOf, type Items } from '../lib/model/resources.ts';
import type { State } from '../lib/state/state.ts';

/**
 * Records what was found and not known, and forgets what is gone. The survey has asked for every recorded id that its
 * queries did not show, so what it has not found is not there.
 */
export async function refreshState(state: State, found: Survey): Promise<void> {
  const known = new Set<string>();
  const writes: Promise<void>[] = [];
  for (const name of nouns) {
    for (const [key, item] of found[name] as Items<Found[typeof name]>) {
      const address = addressOf(name, key);
      known.add(address);
      const ids = idsOf(name, item);
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
