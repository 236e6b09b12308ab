/** Removes one thing with the undo of its noun, and says so. */
import type { Found, Survey } from '../lib/look/found.ts';
import { singleFlight, type LookContext, type Desired } from '../lib/look/context.ts';
import { addressOf, titleOf, type Items, type Noun } from '../lib/model/resources.ts';
import type { Run } from '../lib/run/run.ts';
import type { AlsoRemoved, Removal, RemoveContext } from '../lib/engine/step.ts';
import { until } from '../lib/engine/until.ts';

/** The undo of every noun. */
export type Removals = { readonly [N in Noun]: Removal<N> };

/** Nothing else goes, as far as is known. */
export const NOTHING_ELSE: AlsoRemoved = { everyOneOf: () => false, removalOf: () => undefined };

/**
 * Takes one found thing away, waits until it is gone, and forgets it.
 * @param word what is said of it: `gone` when another took its place, as was said before
 */
export async function removeResource(
  run: Run,
  context: LookContext & Desired,
  found: Survey,
  removals: Removals,
  name: Noun,
  key: string,
  { word = 'removed', going = NOTHING_ELSE }: { word?: 'removed' | 'gone'; going?: AlsoRemoved } = {},
): Promise<void> {
  const { clock, signal, report, waits } = run;
  const item = (found[name] as Items<Found[Noun]>).get(key);
  if (!item) return;
  const start = clock.now();
  const removing: RemoveContext<Noun> = {
    ...context,
    clock,
    signal,
    key,
    existing: item,
    found,
    alsoRemoved: going,
    newLook: () => ({ ...context, shared: singleFlight() }),
    until: (what, wait, probe) =>
      until(what, waits[wait], probe, {
        clock,
        signal,
        onPending: (text, elapsed) =>
          report({ type: 'thing', noun: name, key, status: 'waiting', text, elapsed }),
      }),
    note: (text) => report({ type: 'note', text }),
  };
  const special = await (removals[name] as Removal<Noun>).remove(removing);
  await run.state.forget(addressOf(name, key));
  const elapsed = clock.now() - start;
  const title = titleOf(name, item);
  const thing = { type: 'thing', noun: name, key, elapsed } as const;
  if (special && 'kept' in special) report({ ...thing, status: 'kept', text: `${title}: ${special.kept}` });
  else report({ ...thing, status: word, text: special ? `${title}, ${special.removedWith}` : title });
}
