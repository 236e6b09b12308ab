/** Carries out a plan: starts each step as soon as the resources it needs are done, then runs the removals in reverse order. */
import { startAll, waitForSiblings } from '../lib/engine/concurrent.ts';
import { reversed, walk } from '../lib/engine/graph.ts';
import type { Applied, Known, Step } from '../lib/engine/step.ts';
import type { Desired, LookContext } from '../lib/look/context.ts';
import { itemsOf } from '../lib/look/found.ts';
import { needs, nouns, type Ids, type Noun } from '../lib/model/architecture.ts';
import { changeAddress, type Change } from '../lib/model/change.ts';
import { pastTense } from '../lib/model/report.ts';
import { idsOf, titleOf } from '../lib/model/resources.ts';
import { throwFailures } from '../lib/run/failures.ts';
import type { Run } from '../lib/run/run.ts';
import { removals } from '../teardown/plan.ts';
import { removeResource } from '../teardown/remove.ts';
import { applyContext, NO_INTENT, type AllIds, type ApplyScope, type ChangeScope } from './context.ts';
import { steps, type Plan } from './plan.ts';
import { refreshState } from './refresh-state.ts';

/**
 * Carries out a plan. A failed step stops the steps that depend on it; all others are finished and recorded.
 * @returns the ids of all resources
 * @throws the problem of a single failed step; STEPS_FAILED with all problems if several steps failed; INTERRUPTED when the
 *   signal is aborted
 */
export async function apply(run: Run, lookContext: LookContext & Desired, plan: Plan): Promise<AllIds> {
  const { found, planned, names } = plan;
  const context = { ...lookContext, names };
  const ids = Object.fromEntries(
    nouns.map((noun) => [noun, new Map(itemsOf(found, noun))]),
  ) as unknown as AllIds;
  await refreshState(run.state, found);
  const scope: ApplyScope = { run, context, found, planned, ids };
  const changesOf = (noun: Noun) =>
    plan.changes.filter((change) => change.noun === noun && change.verb !== 'remove');

  const applyOutcomes = await walk<Noun>(
    needs,
    (noun) => applyNoun(scope, noun, changesOf(noun)),
    run.signal,
  );
  throwFailures(run, applyOutcomes);

  const switchOutcomes = await walk<Noun>(
    needs,
    async (noun) => void (await waitForSiblings(startHook(scope, noun, changesOf(noun), 'switchTraffic'))),
    run.signal,
  );
  throwFailures(run, switchOutcomes);

  const removalOutcomes = await walk<Noun>(
    reversed<Noun>(needs),
    async (noun) => {
      const removing = keysToRemove(plan, noun).map(async ([key, status]) => {
        await removeResource(run, context, found, removals, noun, key, { status });
        ids[noun].delete(key);
      });
      await waitForSiblings<unknown>([...removing, ...startHook(scope, noun, changesOf(noun), 'cleanUp')]);
    },
    run.signal,
  );
  throwFailures(run, removalOutcomes);
  return ids;
}

/** Returns the keys of the resources to remove, including old resources whose replacements have another key. */
const keysToRemove = ({ changes }: Plan, noun: Noun): [key: string, status: 'removed' | 'gone'][] =>
  changes
    .filter((change) => change.noun === noun)
    .flatMap(({ key, verb, replaces }): [string, 'removed' | 'gone'][] => [
      ...(verb === 'remove' ? [[key, 'removed'] as [string, 'removed']] : []),
      ...(replaces === undefined ? [] : [[replaces, 'gone'] as [string, 'gone']]),
    ]);

async function applyNoun<N extends Noun>(
  scope: ApplyScope,
  noun: N,
  changes: readonly Change[],
): Promise<void> {
  const entries = changes.map((change) => [change.key, change] as const);
  const applying = startAll<Change, Ids[N]>(entries, (change, siblings) =>
    applyChange(scope, noun, change, siblings),
  );
  await waitForSiblings(applying.values());
}

/** Starts a hook of a step for each change, if the step has this hook. */
function startHook<N extends Noun>(
  scope: ApplyScope,
  noun: N,
  changes: readonly Change[],
  hook: 'switchTraffic' | 'cleanUp',
): Promise<void>[] {
  const step: Step<N> = steps[noun];
  if (!step[hook]) return [];
  return changes.flatMap(
    (change) => step[hook]?.(applyContext(scope, { noun, step, change, intent: NO_INTENT })) ?? [],
  );
}

/** Applies one change. Records the intent of a create before the call, and the ids as soon as they are known. */
async function applyChange<N extends Noun>(
  scope: ApplyScope,
  noun: N,
  change: Change,
  siblings: ReadonlyMap<string, Promise<Ids[N]>>,
): Promise<Ids[N]> {
  const { state, clock, report } = scope.run;
  const address = changeAddress(change);
  const start = clock.now();
  const isResumed = state.data.intents[address] !== undefined;
  const intent = change.verb === 'create' ? await state.intend(address) : { ...NO_INTENT, at: start };
  const ids = await carryOut(scope, { noun, step: steps[noun], change, intent, isResumed, siblings });
  const status = pastTense[change.verb as Exclude<Change['verb'], 'refused'>];
  const elapsed = clock.now() - start;
  report({ type: 'resource', noun, key: change.key, status, text: titleOf(noun, ids), elapsed });
  return ids;
}

/** Creates a resource, or configures and updates it. Records the ids once they are known, then waits until it is ready. */
async function carryOut<N extends Noun>(scope: ApplyScope, changeScope: ChangeScope<N>): Promise<Ids[N]> {
  const { noun, step, change } = changeScope;
  const context = applyContext(scope, changeScope);
  const { existing } = context;
  const record = async (resource: Ids[N]): Promise<Ids[N]> => {
    const ids = idsOf(noun, resource);
    scope.ids[noun].set(change.key, ids);
    await scope.run.state.record(changeAddress(change), ids);
    return ids;
  };
  if (existing !== undefined && change.verb === 'update') {
    await step.configure?.(context, existing);
    const { resource, wait } = partsOf((await step.update?.(context, existing)) ?? (existing as Known<N>));
    const ids = await record(resource);
    await wait?.();
    return ids;
  }
  const { resource, wait } = partsOf(await step.create(context));
  const ids = await record(resource);
  await step.configure?.(context, resource);
  await wait?.();
  return ids;
}

function partsOf<N extends Noun>(applied: Applied<N>): { resource: Known<N>; wait?: () => Promise<void> } {
  const isReady = (value: Applied<N>): value is Known<N> => !('wait' in value);
  return isReady(applied) ? { resource: applied } : { resource: applied.ids as Known<N>, wait: applied.wait };
}
