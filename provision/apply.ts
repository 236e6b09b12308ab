/** Carries out a plan: starts each step as soon as the resources it needs are done, then runs the removals in reverse order. */
import { startAll, waitForSiblings } from '../lib/engine/concurrent.ts';
import { stagesOfProvision } from '../lib/engine/expected-duration.ts';
import { reversed, walk } from '../lib/engine/graph.ts';
import type { Applied, Known, NotReady, Step } from '../lib/engine/step.ts';
import type { Desired, LookContext } from '../lib/look/context.ts';
import { itemsOf } from '../lib/look/found.ts';
import { needs, nouns, type Ids, type Noun } from '../lib/model/architecture.ts';
import { changeAddress, type Change } from '../lib/model/change.ts';
import { pastTense } from '../lib/model/report.ts';
import { idsOf, titleOf } from '../lib/model/resources.ts';
import { nounsOfOthers } from '../lib/derive/shared-balancer.ts';
import { throwFailures } from '../lib/run/failures.ts';
import { reportStarted, type Run } from '../lib/run/run.ts';
import { removals } from '../teardown/plan.ts';
import { removeResource } from '../teardown/remove.ts';
import { applyContext, NO_INTENT, type AllIds, type ApplyScope, type ChangeScope } from './context.ts';
import { steps, type Plan } from './plan.ts';
import { hasFailure, withReadying, type Readying } from './readying.ts';
import { refreshState } from './refresh-state.ts';

/** Functions that are called while a plan is carried out. */
export interface ApplyHooks {
  /** Called when a resource serves requests, although it is not ready yet. */
  readonly onServing?: (address: string, ids: AllIds) => void;
  /**
   * Called when every resource is usable, while the last of them become ready. Its failure is thrown if nothing else fails.
   * @param signal aborts when a resource does not become ready
   */
  readonly whileReadying?: (ids: AllIds, signal: AbortSignal) => Promise<void>;
}

/** The scope of a run's changes, with the waits that they leave behind. */
interface ScopeWithWaits extends ApplyScope {
  readonly readying: Readying;
}

/**
 * Carries out a plan. A failed step stops the steps that depend on it; all others are finished and recorded.
 * @returns the ids of all resources
 * @throws the problem of a single failed step; STEPS_FAILED with all problems if several steps failed; INTERRUPTED when the
 *   signal is aborted
 */
export async function apply(
  run: Run,
  lookContext: LookContext & Desired,
  plan: Plan,
  { onServing, whileReadying }: ApplyHooks = {},
): Promise<AllIds> {
  const { found, planned, names } = plan;
  const context = { ...lookContext, names };
  const ids = Object.fromEntries(
    nouns.map((noun) => [noun, new Map(itemsOf(found, noun))]),
  ) as unknown as AllIds;
  await refreshState(run.state, found, nounsOfOthers(context.config));
  const scope: ScopeWithWaits = {
    ...{ run, context, found, planned, ids },
    onServing: (address) => onServing?.(address, ids),
    readying: new Map(),
  };
  const stages = stagesOfProvision(plan.changes, lookContext.config.services);
  run.report({ type: 'steps', text: `${plan.changes.length} steps`, stages });
  const changesOf = (noun: Noun) =>
    plan.changes.filter((change) => change.noun === noun && change.verb !== 'remove');

  const applyOutcomes = await walk<Noun>(
    needs,
    (noun) => applyNoun(scope, noun, changesOf(noun)),
    run.signal,
  );
  const areUsable = [...applyOutcomes.values()].every(({ state }) => state === 'done');
  const notReady = new AbortController();
  const meanwhile = areUsable
    ? whileReadying?.(ids, AbortSignal.any([run.signal, notReady.signal]))
    : undefined;
  // Its failure is thrown below, unless a resource has failed.
  meanwhile?.catch(() => undefined);
  const outcomes = await withReadying(applyOutcomes, scope.readying);
  if (hasFailure(outcomes)) {
    notReady.abort();
    await meanwhile?.catch(() => undefined);
  }
  throwFailures(run, outcomes);
  await meanwhile;

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
  scope: ScopeWithWaits,
  noun: N,
  changes: readonly Change[],
): Promise<void> {
  await waitForSiblings(startHook(scope, noun, changes, 'prepare'));
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
  hook: 'prepare' | 'switchTraffic' | 'cleanUp',
): Promise<void>[] {
  const step: Step<N> = steps[noun];
  if (!step[hook]) return [];
  return changes.flatMap(
    (change) => step[hook]?.(applyContext(scope, { noun, step, change, intent: NO_INTENT })) ?? [],
  );
}

/**
 * Applies one change. Records the intent of a create before the call, and the ids as soon as they are known. Resolves when the
 * resource is usable; if it is not ready then, its wait is added to those of the scope.
 */
async function applyChange<N extends Noun>(
  scope: ScopeWithWaits,
  noun: N,
  change: Change,
  siblings: ReadonlyMap<string, Promise<Ids[N]>>,
): Promise<Ids[N]> {
  const { state, clock, report } = scope.run;
  const address = changeAddress(change);
  const start = clock.now();
  reportStarted(scope.run, change);
  const isResumed = state.data.intents[address] !== undefined;
  const intent = change.verb === 'create' ? await state.intend(address) : { ...NO_INTENT, at: start };
  const changeScope = { noun, step: steps[noun], change, intent, isResumed, siblings };
  const { ids, wait } = await carryOut(scope, changeScope);
  const status = pastTense[change.verb as Exclude<Change['verb'], 'refused'>];
  const becomeReady = async (onUsable: () => void) => {
    await wait?.(onUsable);
    const elapsed = clock.now() - start;
    report({ type: 'resource', noun, key: change.key, status, text: titleOf(noun, ids), elapsed });
  };
  await new Promise<void>((resolve, reject) => {
    const ready = becomeReady(resolve);
    scope.readying.set(noun, [...(scope.readying.get(noun) ?? []), ready]);
    ready.then(resolve, reject);
  });
  return ids;
}

/** Creates a resource, or configures and updates it. @returns its ids, which are recorded, and the wait until it is ready */
async function carryOut<N extends Noun>(
  scope: ApplyScope,
  changeScope: ChangeScope<N>,
): Promise<Pick<NotReady<N>, 'ids'> & Partial<NotReady<N>>> {
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
    return { ids: await record(resource), ...(wait && { wait }) };
  }
  const { resource, wait } = partsOf(await step.create(context));
  const ids = await record(resource);
  await step.configure?.(context, resource);
  return { ids, ...(wait && { wait }) };
}

function partsOf<N extends Noun>(
  applied: Applied<N>,
): { resource: Known<N> } & Partial<Pick<NotReady<N>, 'wait'>> {
  const isReady = (value: Applied<N>): value is Known<N> => !('wait' in value);
  return isReady(applied) ? { resource: applied } : { resource: applied.ids as Known<N>, wait: applied.wait };
}
