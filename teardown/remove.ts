/** Removes one thing with the undo of its noun, and says so. */
import type { Found, Survey } from '../lib/look/found.ts';
import { oneFlight, type See, type Want } from '../lib/look/context.ts';
import { addressOf, titleOf, type Items, type Name } from '../lib/model/resources.ts';
import type { Run } from '../lib/run/run.ts';
import type { Going, Removal, Undo } from '../lib/engine/step.ts';
import { until } from '../lib/engine/until.ts';

/** The undo of every noun. */
export type Removals = { readonly [N in Name]: Removal<N> };

/** Nothing else goes, as far as is known. */
export const ALONE: Going = { all: () => false, sibling: () => undefined };

/**
 * Takes one found thing away, waits until it is gone, and forgets it.
 * @param word what is said of it: `gone` when another took its place, as was said before
 */
export async function removeThing(
  run: Run,
  see: See & Want,
  found: Survey,
  removals: Removals,
  name: Name,
  key: string,
  { word = 'removed', going = ALONE }: { word?: 'removed' | 'gone'; going?: Going } = {},
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
    going,
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
  const special = await (removals[name] as Removal<Name>).remove(undo);
  await run.state.forget(addressOf(name, key));
  const elapsed = clock.now() - start;
  const title = titleOf(name, item);
  const thing = { type: 'thing', step: name, key, elapsed } as const;
  if (special && 'kept' in special) report({ ...thing, word: 'kept', text: `${title}: ${special.kept}` });
  else report({ ...thing, word, text: special ? `${title}, ${special.along}` : title });
}
