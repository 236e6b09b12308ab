/** What a step may use for one change: the surroundings of a provision, and what is known of the thing. */
import { changeAddress, type Change } from '../lib/model/change.ts';
import type { Found, Survey } from '../lib/look/found.ts';
import { looks } from '../lib/engine/survey.ts';
import { oneFlight, type See, type Want } from '../lib/look/context.ts';
import { idsOf, type Ids, type Items, type Name } from '../lib/model/resources.ts';
import type { Run } from '../lib/run/run.ts';
import type { Intent } from '../lib/state/format.ts';
import type { Act } from '../lib/engine/step.ts';
import { tagsOf } from '../lib/derive/tags.ts';
import { until } from '../lib/engine/until.ts';

/** The ids of every noun, as they are now. */
export type Made = { [N in Name]: Map<string, Ids[N]> };

/** What the changes of one step share. */
export interface Shared {
  readonly run: Run;
  readonly see: See & Want;
  readonly found: Survey;
  readonly made: Made;
  readonly siblings: ReadonlyMap<string, Promise<Ids[Name]>>;
}

/** What is not created needs nothing written down. */
export const NO_INTENT: Intent = { token: '', generation: 0, at: 0 };

export function actOf(
  { run, see, found, made, siblings }: Shared,
  change: Change,
  intent: Intent,
  reopened = false,
): Act<Name> {
  const { step: name, key } = change;
  const { state, clock, signal, report } = run;
  const address = changeAddress(change);
  const again = () => ({ ...see, once: oneFlight() });
  return {
    ...see,
    clock,
    signal,
    patient: run.patient,
    change,
    item: (found[name] as Items<Found[Name]>).get(key),
    found,
    made,
    tags: tagsOf(see.config, see.names.stack, name, key),
    intent,
    careful: {
      clock,
      signal,
      intent,
      reopened,
      every: run.waits.visible.every,
      withdraw: () => state.withdraw(address),
    },
    again: async () => (await looks[name](again())).get(key),
    sibling: async (other) => (await siblings.get(other)) ?? (made[name].get(other) as Ids[Name]),
    renew: () => state.renew(address),
    async record(ids) {
      (made[name] as Map<string, Ids[Name]>).set(key, ids);
      await state.record(address, idsOf(name, ids));
    },
    until: (what, wait, probe) =>
      until(what, run.waits[wait], probe, {
        clock,
        signal,
        onPending: (note, elapsed) =>
          report({ type: 'thing', step: name, key, word: 'waiting', text: note, elapsed }),
      }),
    note: (text) => report({ type: 'note', text }),
  };
}
