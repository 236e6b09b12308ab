/** Runs the removal of one resource, and reports the result. */
import type { AlsoRemoved, Removal, RemoveContext } from '../lib/engine/step.ts';
import { singleFlight, type Desired, type LookContext } from '../lib/look/context.ts';
import { itemsOf, type Survey } from '../lib/look/found.ts';
import type { Noun } from '../lib/model/architecture.ts';
import { addressOf, titleOf } from '../lib/model/resources.ts';
import { awsCommand, reportStarted, untilReported, type Run } from '../lib/run/run.ts';

/** The removals of all nouns. */
export type Removals = { readonly [N in Noun]: Removal<N> };

/** The default: no other resource is removed in the same run. */
export const NOTHING_ELSE: AlsoRemoved = { willRemoveAll: () => false, removalOf: () => undefined };

/**
 * Removes a found resource, waits until it is gone, and forgets it.
 * @param status the reported status: `gone` for a resource whose replacement has already been reported
 */
export async function removeResource<N extends Noun>(
  run: Run,
  context: LookContext & Desired,
  found: Survey,
  removals: Removals,
  noun: N,
  key: string,
  {
    status = 'removed',
    alsoRemoved = NOTHING_ELSE,
  }: { status?: 'removed' | 'gone'; alsoRemoved?: AlsoRemoved } = {},
): Promise<void> {
  const { clock, signal, report } = run;
  const existing = itemsOf(found, noun).get(key);
  if (!existing) return;
  const start = clock.now();
  reportStarted(run, { noun, key, verb: 'remove' });
  const removeContext: RemoveContext<N> = {
    ...context,
    clock,
    signal,
    key,
    existing,
    found,
    alsoRemoved,
    newLookContext: () => ({ ...context, shared: singleFlight() }),
    until: untilReported(run, noun, key),
    note: (text) => report({ type: 'note', text }),
    awsCommand: (command) => awsCommand(run, command),
  };
  const removal: Removal<N> = removals[noun];
  const outcome = await removal.remove(removeContext);
  await run.state.forget(addressOf(noun, key));
  const title = titleOf(noun, existing);
  const resource = { type: 'resource', noun, key, elapsed: clock.now() - start } as const;
  if (outcome && 'kept' in outcome)
    report({ ...resource, status: 'kept', text: `${title}: ${outcome.kept}` });
  else report({ ...resource, status, text: outcome ? `${title}, ${outcome.removedWith}` : title });
}
