/** Carries out a plan: each step as soon as what it needs is done, then what must go, backwards. */
import { nouns, needs } from '../lib/model/architecture.ts';
import { changeAddress, type Change } from '../lib/model/change.ts';
import { reversed, walk, type Outcome } from '../lib/engine/graph.ts';
import type { Found } from '../lib/look/found.ts';
import type { LookContext, Desired } from '../lib/look/context.ts';
import { pastTense } from '../lib/model/report.ts';
import { titleOf, type Ids, type Items, type Noun } from '../lib/model/resources.ts';
import { failures } from '../lib/run/failures.ts';
import type { Run } from '../lib/run/run.ts';
import { waitForAll, startAll } from '../lib/engine/concurrent.ts';
import type { Step } from '../lib/engine/step.ts';
import { removals } from '../teardown/plan.ts';
import { removeResource } from '../teardown/remove.ts';
import { applyContext, NO_INTENT, type AllIds, type ApplyScope } from './context.ts';
import { refreshState } from './refresh-state.ts';
import { steps, type Plan } from './plan.ts';

/**
 * Carries out a plan and returns the ids of everything.
 * A failure stops what depends on it; the rest is finished and recorded.
 * @throws the one problem that happened, or STEPS_FAILED with all of them; INTERRUPTED when the signal said to stop
 */
export async function apply(run: Run, context: LookContext & Desired, plan: Plan): Promise<AllIds> {
  const { found } = plan;
  const made = Object.fromEntries(
    nouns.map((name) => [name, new Map(found[name] as Items<Found[Noun]>)]),
  ) as unknown as AllIds;
  await refreshState(run.state, found);
  const changesOf = (name: Noun, removing: boolean) =>
    plan.changes.filter(({ noun, verb }) => noun === name && (verb === 'remove') === removing);

  /** The keys of what goes, and of what something else has taken the place of. */
  const leaving = (name: Noun): [key: string, word: 'removed' | 'gone'][] => [
    ...changesOf(name, true).map(({ key }): [string, 'removed'] => [key, 'removed']),
    ...changesOf(name, false).flatMap(({ replaces }): [string, 'gone'][] =>
      replaces === undefined ? [] : [[replaces, 'gone']],
    ),
  ];

  const shared = { run, context, found, ids: made };

  const forward = await walk<Noun>(
    needs,
    async (name) => {
      const changes = changesOf(name, false).map((change) => [change.key, change] as const);
      const applying = startAll<Change, Ids[Noun]>(changes, (change, others) =>
        applyChange({ ...shared, siblings: others }, change),
      );
      await waitForAll(applying.values());
    },
    run.signal,
  );
  failures(run, forward);

  /** Those of the changed things of a noun that have more to do than to be applied. */
  const rest = (name: Noun, phase: 'switchTraffic' | 'cleanUp') => {
    const step = steps[name] as Step<Noun>;
    if (!step[phase]) return [];
    return changesOf(name, false).map((change) =>
      step[phase]?.(applyContext({ ...shared, siblings: new Map() }, change, NO_INTENT)),
    );
  };
  const turned = await walk<Noun>(
    needs,
    async (name) => void (await waitForAll(rest(name, 'switchTraffic'))),
    run.signal,
  );
  failures(run, turned);

  const backward: ReadonlyMap<Noun, Outcome> = await walk<Noun>(
    reversed<Noun>(needs),
    async (name) => {
      const removed = leaving(name).map(async ([key, word]) => {
        await removeResource(run, context, found, removals, name, key, { word });
        made[name].delete(key);
      });
      await waitForAll<unknown>([...removed, ...rest(name, 'cleanUp')]);
    },
    run.signal,
  );
  failures(run, backward);
  return made;
}

async function applyChange(shared: ApplyScope, change: Change): Promise<Ids[Noun]> {
  const { noun: name, key, verb } = change;
  const { state, clock, report } = shared.run;
  const address = changeAddress(change);
  const start = clock.now();
  const reopened = state.data.intents[address] !== undefined;
  const intent = verb === 'create' ? await state.intend(address) : { ...NO_INTENT, at: start };
  const context = applyContext(shared, change, intent, reopened);
  const ids = await (steps[name] as Step<Noun>).apply(context);
  await context.record(ids);
  const word = pastTense[verb as Exclude<typeof verb, 'refused'>];
  report({
    type: 'thing',
    noun: name,
    key,
    status: word,
    text: titleOf(name, ids),
    elapsed: clock.now() - start,
  });
  return ids;
}
