/** Carries out a plan: each step as soon as what it needs is done, then what must go, backwards. */
import { names, needs } from '../lib/architecture.ts';
import { changeAddress, type Change } from '../lib/change.ts';
import { reversed, walk, type Outcome } from '../lib/graph.ts';
import type { Found, Survey } from '../lib/look/found.ts';
import { looks } from '../lib/look/looks.ts';
import { oneFlight, type See } from '../lib/look/see.ts';
import { done } from '../lib/report.ts';
import { addressOf, idsOf, titleOf, type Ids, type Items, type Name } from '../lib/resources.ts';
import { failures } from '../lib/run/failures.ts';
import type { Run } from '../lib/run/run.ts';
import type { Act, Step } from '../lib/step.ts';
import { tagsOf } from '../lib/tags.ts';
import { until } from '../lib/until.ts';
import { removals } from '../teardown/plan.ts';
import { removeThing } from '../teardown/remove.ts';
import { steps, type Plan } from './plan.ts';

/** The ids of every noun, as they are now. */
export type Made = { [N in Name]: Map<string, Ids[N]> };

/**
 * Carries out a plan and returns the ids of everything.
 * A failure stops what depends on it; the rest is finished and recorded.
 * @throws the one problem that happened, or STEPS_FAILED with all of them; INTERRUPTED when the signal said to stop
 */
export async function apply(run: Run, see: See, found: Survey, plan: Plan): Promise<Made> {
  const made = Object.fromEntries(
    names.map((name) => [name, new Map(found[name] as Items<Found[Name]>)]),
  ) as unknown as Made;
  await heal(run, found);
  const changesOf = (name: Name, removing: boolean) =>
    plan.changes.filter(({ step, verb }) => step === name && (verb === 'remove') === removing);

  const forward = await walk<Name>(
    needs,
    async (name) => {
      // Each thing by its key, so that things of one noun can wait for each other.
      const siblings = new Map<string, Promise<Ids[Name]>>();
      for (const change of changesOf(name, false)) {
        // Started on the next turn: by then all siblings are known.
        const start = Promise.resolve().then(() => applyChange({ run, see, found, made, siblings }, change));
        siblings.set(change.key, start);
      }
      await settle([...siblings.values()]);
    },
    run.signal,
  );
  failures(run, forward);

  const backward: ReadonlyMap<Name, Outcome> = await walk<Name>(
    reversed<Name>(needs),
    async (name) => {
      await settle(
        changesOf(name, true).map(async (change) => {
          await removeThing(run, see, found, removals, name, change.key);
          made[name].delete(change.key);
        }),
      );
    },
    run.signal,
  );
  failures(run, backward);
  return made;
}

/** Records what was found and not known: the state file is a cache of what AWS holds. */
async function heal({ state }: Run, found: Survey): Promise<void> {
  const known = new Set<string>();
  const writes: Promise<void>[] = [];
  for (const name of names) {
    for (const [key, item] of found[name] as Items<Found[Name]>) {
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

/** Waits for all, then fails with the first failure: nothing is left running behind a failed step. */
async function settle(works: readonly Promise<unknown>[]): Promise<void> {
  for (const work of await Promise.allSettled(works)) if (work.status === 'rejected') throw work.reason;
}

/** What the changes of one step share. */
interface Shared {
  readonly run: Run;
  readonly see: See;
  readonly found: Survey;
  readonly made: Made;
  readonly siblings: ReadonlyMap<string, Promise<Ids[Name]>>;
}

async function applyChange({ run, see, found, made, siblings }: Shared, change: Change): Promise<Ids[Name]> {
  const { step: name, key, verb } = change;
  const { state, clock, report } = run;
  const address = changeAddress(change);
  const start = clock.now();
  const open = state.data.intents[address] !== undefined;
  const intent = verb === 'create' ? await state.intend(address) : { token: '', generation: 0, at: start };
  const record = async (ids: Ids[Name]) => {
    (made[name] as Map<string, Ids[Name]>).set(key, ids);
    await state.record(address, idsOf(name, ids));
  };
  const again = () => ({ ...see, once: oneFlight() });
  const act = {
    ...see,
    clock,
    signal: run.signal,
    patient: run.patient,
    change,
    item: (found[name] as Items<Found[Name]>).get(key),
    found,
    made,
    tags: tagsOf(see.config, see.names.stack, name, key),
    intent,
    careful: { clock, signal: run.signal, intent, reopened: open, every: run.waits.visible.every },
    again: async () => (await looks[name](again())).get(key),
    sibling: async (other) => (await siblings.get(other)) ?? (made[name].get(other) as Ids[Name]),
    renew: () => state.renew(address),
    record,
    until: (what, wait, probe) =>
      until(what, run.waits[wait], probe, {
        clock,
        signal: run.signal,
        onPending: (note, elapsed) =>
          report({ type: 'thing', step: name, key, word: 'waiting', text: note, elapsed }),
      }),
    note: (text) => report({ type: 'note', text }),
  } as Act<Name>;
  const ids = await (steps[name] as Step<Name>).apply(act);
  await record(ids);
  const word = done[verb as Exclude<typeof verb, 'refused'>];
  report({ type: 'thing', step: name, key, word, text: titleOf(name, ids), elapsed: clock.now() - start });
  return ids;
}
