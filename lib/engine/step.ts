/** A step: one noun of the architecture, as survey, plan and apply see it. */
import type { Needs } from '../model/architecture.ts';
import type { Aws } from '../aws/clients.ts';
import type { Change } from '../model/change.ts';
import type { Clock } from '../model/clock.ts';
import type { Careful } from './create-once.ts';
import type { Found, Survey } from '../look/found.ts';
import type { See, Want } from '../look/context.ts';
import type { Ids, Items, Name } from '../model/resources.ts';
import type { Intent } from '../state/format.ts';
import type { Tags } from '../derive/tags.ts';
import type { Probed } from './until.ts';
import type { WaitName } from './waits.ts';
import type { Builds } from '../image/builds.ts';

/** What the apply of one change may use. */
export interface Act<N extends Name> extends Want {
  readonly aws: Aws;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly builds: Builds;
  /** Whether to wait for what only people wait for: health, DNS. */
  readonly patient: boolean;
  readonly change: Change;
  /** The thing as the survey found it; undefined when it is to be created. */
  readonly item: Found[N] | undefined;
  /** Everything the survey found. */
  readonly found: Survey;
  /** Ids of what this step needs, and of its own things, as they are now. */
  readonly made: { readonly [M in Needs<N> | N]: Items<Ids[M]> };
  /** The tags of this thing. */
  readonly tags: Tags;
  /** What was written down before this create: its `token` for AWS, its generation, when. */
  readonly intent: Intent;
  /** What `createOnce` needs to be careful. */
  readonly careful: Careful;
  /** Gives up a life that came out bad, for another token. */
  renew(): Promise<Intent>;
  /** Looks at this thing once more. */
  again(): Promise<Found[N] | undefined>;
  /** The ids of another thing of this noun, once it is there; it must not depend on this one in turn. */
  sibling(key: string): Promise<Ids[N]>;
  /** Records an id before the apply is over. */
  record(ids: Ids[N]): Promise<void>;
  /** Waits; progress is reported by itself. */
  until<T>(what: string, wait: WaitName, probe: () => Promise<Probed<T>>): Promise<T>;
  note(text: string): void;
}

/** One noun: its diff and its apply. What it needs stands in the architecture, its look in `lib/look/`. */
export interface Step<N extends Name> {
  /** Pure: what must change, in words. */
  diff(want: Want, found: Survey): Change[];
  /** The calls and the waits of one change that is not a removal; returns the ids. */
  apply(act: Act<N>): Promise<Ids[N]>;
  /** When everything new is in place and healthy: turns requests to it. */
  turn?(act: Act<N>): Promise<void>;
  /** At last, backwards with the removals: takes away what nothing needs any more. */
  tidy?(act: Act<N>): Promise<void>;
}

/** What the removal of one thing may use. */
export interface Undo<N extends Name> extends Want {
  readonly aws: Aws;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly key: string;
  readonly item: Found[N];
  readonly found: Survey;
  /** The surroundings of another look. */
  see(): See;
  readonly going: Going;
  until<T>(what: string, wait: WaitName, probe: () => Promise<Probed<T>>): Promise<T>;
  note(text: string): void;
}

/** What else goes in the same run. */
export interface Going {
  /** Whether a noun goes as a whole. */
  all(noun: Name): boolean;
  /** Resolves when another thing of this noun is gone; undefined when that one stays. It must not wait for this one in turn. */
  sibling(key: string): Promise<void> | undefined;
}

/** The undo of one noun: takes one thing away, and resolves when it is gone. */
export interface Removal<N extends Name> {
  /** Nouns that must be gone before this one, besides those that need it. */
  readonly after?: readonly Name[];
  /** `kept` with the reason when the thing stays on purpose; `along` when something else takes it along. */
  remove(undo: Undo<N>): Promise<void | { readonly kept: string } | { readonly along: string }>;
}
