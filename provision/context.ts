/** Builds the context of a step from the run and one of its changes. */
import type { ApplyContext, Planned, Step } from '../lib/engine/step.ts';
import { look } from '../lib/engine/survey.ts';
import { tagsOf } from '../lib/derive/tags.ts';
import { singleFlight, type Desired, type LookContext } from '../lib/look/context.ts';
import { itemsOf, type Survey } from '../lib/look/found.ts';
import { nouns, type Ids, type Noun } from '../lib/model/architecture.ts';
import { changeAddress, type Change } from '../lib/model/change.ts';
import { awsCommand, untilReported, type Run } from '../lib/run/run.ts';
import type { Intent } from '../lib/state/format.ts';

/** The current ids of every noun. */
export type AllIds = { [N in Noun]: Map<string, Ids[N]> };

/** Returns the ids of everything that a survey found. */
export const idsIn = (found: Survey): AllIds =>
  Object.fromEntries(nouns.map((noun) => [noun, new Map(itemsOf(found, noun))])) as unknown as AllIds;

/** The part of a context that all changes of a run share. */
export interface ApplyScope {
  readonly run: Run;
  readonly context: LookContext & Desired;
  readonly found: Survey;
  readonly planned: Planned<Noun>;
  readonly ids: AllIds;
  /** Called with the address of a resource that serves requests, although it is not ready yet. */
  readonly onServing: (address: string) => void;
}

/** The part of a context that is specific to one change. */
export interface ChangeScope<N extends Noun> {
  readonly noun: N;
  readonly step: Step<N>;
  readonly change: Change;
  readonly intent: Intent;
  /** Whether the intent is from an earlier run, which may have sent the create. */
  readonly isResumed?: boolean;
  /** The ids of the noun's resources, under their keys; each resolves when the change of the resource is applied. */
  readonly siblings?: ReadonlyMap<string, Promise<Ids[N]>>;
}

/** A placeholder for a change that is not a create and has no intent. */
export const NO_INTENT: Intent = { token: '', generation: 0, at: 0 };

/** Returns the context of one change. */
export function applyContext<N extends Noun>(
  { run, context, found, planned, ids, onServing }: ApplyScope,
  { noun, step, change, intent, isResumed = false, siblings = new Map() }: ChangeScope<N>,
): ApplyContext<N> {
  const { key } = change;
  const { state, clock, signal, report } = run;
  const address = changeAddress(change);
  return {
    ...context,
    clock,
    signal,
    waitUntilReady: run.waitUntilReady,
    change,
    existing: itemsOf(found, noun).get(key),
    found,
    ids,
    tags: tagsOf(context.config, context.names.stack, noun, key),
    intent,
    duplicateGuard: {
      clock,
      signal,
      intent,
      isResumed,
      lookInterval: run.waits.visible.every,
      withdraw: () => state.withdraw(address),
    },
    lookAgain: async () => (await look(noun, { ...context, shared: singleFlight() })).get(key),
    changeOf(existing) {
      const refreshed = { ...found, [noun]: new Map([[key, existing]]) };
      return step.diff(context, refreshed, planned).find((other) => other.key === key);
    },
    siblingIds: async (siblingKey) =>
      (await siblings.get(siblingKey)) ?? (ids[noun].get(siblingKey) as Ids[N]),
    renewIntent: () => state.renew(address),
    until: untilReported(run, noun, key),
    proofTimes: run.waits.proof,
    reportServing: () => onServing(address),
    awsCommand: (command) => awsCommand(run, command),
    note: (text) => report({ type: 'note', text }),
    listenersOf: run.listenersOf,
  };
}
