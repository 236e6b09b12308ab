/** What a step may use for one change: the surroundings of a provision, and what is known of the thing. */
import { changeAddress, type Change } from '../lib/model/change.ts';
import type { Found, Survey } from '../lib/look/found.ts';
import { looks } from '../lib/engine/survey.ts';
import { singleFlight, type LookContext, type Desired } from '../lib/look/context.ts';
import { idsOf, type Ids, type Items, type Noun } from '../lib/model/resources.ts';
import type { Run } from '../lib/run/run.ts';
import type { Intent } from '../lib/state/format.ts';
import type { ApplyContext } from '../lib/engine/step.ts';
import { tagsOf } from '../lib/derive/tags.ts';
import { until } from '../lib/engine/until.ts';

/** The ids of every noun, as they are now. */
export type AllIds = { [N in Noun]: Map<string, Ids[N]> };

/** What the changes of one step share. */
export interface ApplyScope {
  readonly run: Run;
  readonly context: LookContext & Desired;
  readonly found: Survey;
  readonly ids: AllIds;
  readonly siblings: ReadonlyMap<string, Promise<Ids[Noun]>>;
}

/** What is not created needs nothing written down. */
export const NO_INTENT: Intent = { token: '', generation: 0, at: 0 };

export function applyContext(
  { run, context, found, ids: made, siblings }: ApplyScope,
  change: Change,
  intent: Intent,
  reopened = false,
): ApplyContext<Noun> {
  const { noun: name, key } = change;
  const { state, clock, signal, report } = run;
  const address = changeAddress(change);
  const freshContext = () => ({ ...context, shared: singleFlight() });
  return {
    ...context,
    clock,
    signal,
    waitUntilReady: run.waitUntilReady,
    change,
    existing: (found[name] as Items<Found[Noun]>).get(key),
    found,
    ids: made,
    tags: tagsOf(context.config, context.names.stack, name, key),
    intent,
    duplicateGuard: {
      clock,
      signal,
      intent,
      isResumed: reopened,
      every: run.waits.visible.every,
      withdraw: () => state.withdraw(address),
    },
    lookAgain: async () => (await looks[name](freshContext())).get(key),
    siblingIds: async (other) => (await siblings.get(other)) ?? (made[name].get(other) as Ids[Noun]),
    renewIntent: () => state.renew(address),
    async record(ids) {
      (made[name] as Map<string, Ids[Noun]>).set(key, ids);
      await state.record(address, idsOf(name, ids));
    },
    until: (what, wait, probe) =>
      until(what, run.waits[wait], probe, {
        clock,
        signal,
        onPending: (note, elapsed) =>
          report({ type: 'thing', noun: name, key, status: 'waiting', text: note, elapsed }),
      }),
    note: (text) => report({ type: 'note', text }),
  };
}
