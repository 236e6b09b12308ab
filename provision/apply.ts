/** Carries out a plan: each step as soon as what it needs is done, then what must go, backwards. */
import { names, needs } from '../lib/model/architecture.ts';
import { changeAddress, type Change } from '../lib/model/change.ts';
import { reversed, walk, type Outcome } from '../lib/engine/graph.ts';
import type { Found } from '../lib/look/found.ts';
import type { See, Want } from '../lib/look/context.ts';
import { done } from '../lib/model/report.ts';
import { titleOf, type Ids, type Items, type Name } from '../lib/model/resources.ts';
import { failures } from '../lib/run/failures.ts';
import type { Run } from '../lib/run/run.ts';
import { settled, siblings } from '../lib/engine/concurrent.ts';
import type { Step } from '../lib/engine/step.ts';
import { removals } from '../teardown/plan.ts';
import { removeThing } from '../teardown/remove.ts';
import { actOf, NO_INTENT, type Made, type Shared } from './context.ts';
import { heal } from './refresh-state.ts';
import { steps, type Plan } from './plan.ts';

/**
 * Carries out a plan and returns the ids of everything.
 * A failure stops what depends on it; the rest is finished and recorded.
 * @throws the one problem that happened, or STEPS_FAILED with all of them; INTERRUPTED when the signal said to stop
 */
export async function apply(run: Run, see: See & Want, plan: Plan): Promise<Made> {
  const { found } = plan;
  const made = Object.fromEntries(
    names.map((name) => [name, new Map(found[name] as Items<Found[Name]>)]),
  ) as unknown as Made;
  await heal(run.state, found);
  const changesOf = (name: Name, removing: boolean) =>
    plan.changes.filter(({ step, verb }) => step === name && (verb === 'remove') === removing);

  /** The keys of what goes, and of what something else has taken the place of. */
  const leaving = (name: Name): [key: string, word: 'removed' | 'gone'][] => [
    ...changesOf(name, true).map(({ key }): [string, 'removed'] => [key, 'removed']),
    ...changesOf(name, false).flatMap(({ replaces }): [string, 'gone'][] =>
      replaces === undefined ? [] : [[replaces, 'gone']],
    ),
  ];

  const shared = { run, see, found, made };

  const forward = await walk<Name>(
    needs,
    async (name) => {
      const changes = changesOf(name, false).map((change) => [change.key, change] as const);
      const applying = siblings<Change, Ids[Name]>(changes, (change, others) =>
        applyChange({ ...shared, siblings: others }, change),
      );
      await settled(applying.values());
    },
    run.signal,
  );
  failures(run, forward);

  /** Those of the changed things of a noun that have more to do than to be applied. */
  const rest = (name: Name, phase: 'turn' | 'tidy') => {
    const step = steps[name] as Step<Name>;
    if (!step[phase]) return [];
    return changesOf(name, false).map((change) =>
      step[phase]?.(actOf({ ...shared, siblings: new Map() }, change, NO_INTENT)),
    );
  };
  const turned = await walk<Name>(
    needs,
    async (name) => void (await settled(rest(name, 'turn'))),
    run.signal,
  );
  failures(run, turned);

  const backward: ReadonlyMap<Name, Outcome> = await walk<Name>(
    reversed<Name>(needs),
    async (name) => {
      const removed = leaving(name).map(async ([key, word]) => {
        await removeThing(run, see, found, removals, name, key, { word });
        made[name].delete(key);
      });
      await settled<unknown>([...removed, ...rest(name, 'tidy')]);
    },
    run.signal,
  );
  failures(run, backward);
  return made;
}

async function applyChange(shared: Shared, change: Change): Promise<Ids[Name]> {
  const { step: name, key, verb } = change;
  const { state, clock, report } = shared.run;
  const address = changeAddress(change);
  const start = clock.now();
  const reopened = state.data.intents[address] !== undefined;
  const intent = verb === 'create' ? await state.intend(address) : { ...NO_INTENT, at: start };
  const act = actOf(shared, change, intent, reopened);
  const ids = await (steps[name] as Step<Name>).apply(act);
  await act.record(ids);
  const word = done[verb as Exclude<typeof verb, 'refused'>];
  report({ type: 'thing', step: name, key, word, text: titleOf(name, ids), elapsed: clock.now() - start });
  return ids;
}
