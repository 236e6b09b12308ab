/** Removes one thing with the undo of its noun, and says so. */
import type { Found, Survey } from '../lib/look/found.ts';
import { oneFlight, type See } from '../lib/look/see.ts';
import { addressOf, titleOf, type Items, type Name } from '../lib/resources.ts';
import type { Run } from '../lib/run/run.ts';
import type { Removal, Undo } from '../lib/step.ts';
import { until } from '../lib/until.ts';

/** The undo of every noun. */
export type Removals = { readonly [N in Name]: Removal<N> };

/**
 * Takes one found thing away, waits until it is gone, and forgets it.
 * @param word what is said of it: `gone` when another took its place, as was said before
 */
export async function removeThing(
  run: Run,
  see: See,
  found: Survey,
  removals: Removals,
  name: Name,
  key: string,
  word: 'removed' | 'gone' = 'removed',
): Promise<void> {
  const { clock, signal, report, waits } = run;
  const item = (found[name] as Items<Found[Name]>).get(key);
  if (!item) return;
  const start = clock.now();
  const undo: Undo<Name> = {
    ...see,
    clock,
    signal,
    key,
    item,
    found,
    see: () => ({ ...see, once: oneFlight() }),
    until: (what, wait, probe) =>
      until(what, waits[wait], probe, {
        clock,
        signal,
        onPending: (text, elapsed) =>
          report({ type: 'thing', step: name, key, word: 'waiting', text, elapsed }),
      }),
    note: (text) => report({ type: 'note', text }),
  };
  const kept = await (removals[name] as Removal<Name>).remove(undo);
  await run.state.forget(addressOf(name, key));
  const elapsed = clock.now() - start;
  const title = titleOf(name, item);
  if (kept) report({ type: 'thing', step: name, key, word: 'kept', text: `${title}: ${kept.kept}`, elapsed });
  else report({ type: 'thing', step: name, key, word, text: title, elapsed });
}
