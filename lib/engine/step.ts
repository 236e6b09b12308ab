/** A step: one noun of the architecture, as survey, plan and apply see it. */
import type { Needs } from '../model/architecture.ts';
import type { Aws } from '../aws/clients.ts';
import type { Change } from '../model/change.ts';
import type { Clock } from '../model/clock.ts';
import type { DuplicateGuard } from './create-once.ts';
import type { Found, Survey } from '../look/found.ts';
import type { LookContext, Desired } from '../look/context.ts';
import type { Ids, Items, Noun } from '../model/resources.ts';
import type { Intent } from '../state/format.ts';
import type { Tags } from '../derive/tags.ts';
import type { ProbeResult } from './until.ts';
import type { WaitName } from './waits.ts';
import type { Builds } from '../image/builds.ts';

/** What the apply of one change may use. */
export interface ApplyContext<N extends Noun> extends Desired {
  readonly aws: Aws;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly builds: Builds;
  /** Whether to wait for what only people wait for: health, DNS. */
  readonly waitUntilReady: boolean;
  readonly change: Change;
  /** The thing as the survey found it; undefined when it is to be created. */
  readonly existing: Found[N] | undefined;
  /** Everything the survey found. */
  readonly found: Survey;
  /** Ids of what this step needs, and of its own things, as they are now. */
  readonly ids: { readonly [M in Needs<N> | N]: Items<Ids[M]> };
  /** The tags of this thing. */
  readonly tags: Tags;
  /** What was written down before this create: its `token` for AWS, its generation, when. */
  readonly intent: Intent;
  /** What `createOnce` needs to be careful. */
  readonly duplicateGuard: DuplicateGuard;
  /** Gives up a life that came out bad, for another token. */
  renewIntent(): Promise<Intent>;
  /** Looks at this thing once more. */
  lookAgain(): Promise<Found[N] | undefined>;
  /** The ids of another thing of this noun, once it is there; it must not depend on this one in turn. */
  siblingIds(key: string): Promise<Ids[N]>;
  /** Records an id before the apply is over. */
  record(ids: Ids[N]): Promise<void>;
  /** Waits; progress is reported by itself. */
  until<T>(what: string, wait: WaitName, probe: () => Promise<ProbeResult<T>>): Promise<T>;
  note(text: string): void;
}

/** One noun: its diff and its apply. What it needs stands in the architecture, its look in `lib/look/`. */
export interface Step<N extends Noun> {
  /** Pure: what must change, in words. */
  diff(want: Desired, found: Survey): Change[];
  /** The calls and the waits of one change that is not a removal; returns the ids. */
  apply(act: ApplyContext<N>): Promise<Ids[N]>;
  /** When everything new is in place and healthy: turns requests to it. */
  switchTraffic?(act: ApplyContext<N>): Promise<void>;
  /** At last, backwards with the removals: takes away what nothing needs any more. */
  cleanUp?(act: ApplyContext<N>): Promise<void>;
}

/** What the removal of one thing may use. */
export interface RemoveContext<N extends Noun> extends Desired {
  readonly aws: Aws;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly key: string;
  readonly existing: Found[N];
  readonly found: Survey;
  /** The surroundings of another look. */
  newLook(): LookContext;
  readonly alsoRemoved: AlsoRemoved;
  until<T>(what: string, wait: WaitName, probe: () => Promise<ProbeResult<T>>): Promise<T>;
  note(text: string): void;
}

/** What else goes in the same run. */
export interface AlsoRemoved {
  /** Whether a noun goes as a whole. */
  everyOneOf(noun: Noun): boolean;
  /** Resolves when another thing of this noun is gone; undefined when that one stays. It must not wait for this one in turn. */
  removalOf(key: string): Promise<void> | undefined;
}

/** The undo of one noun: takes one thing away, and resolves when it is gone. */
export interface Removal<N extends Noun> {
  /** Nouns that must be gone before this one, besides those that need it. */
  readonly after?: readonly Noun[];
  /** `kept` with the reason when the thing stays on purpose; `along` when something else takes it along. */
  remove(
    undo: RemoveContext<N>,
  ): Promise<void | { readonly kept: string } | { readonly removedWith: string }>;
}
