/** The contracts of a noun: its step, which brings resources to their desired state, and its removal. */
import type { Aws } from '../aws/clients.ts';
import type { Tags } from '../derive/tags.ts';
import type { Builds } from '../image/builds.ts';
import type { ListenersOf } from '../diagnosis/facts.ts';
import type { Desired, LookContext } from '../look/context.ts';
import type { Found, Survey } from '../look/found.ts';
import type { Ids, Needs, Noun } from '../model/architecture.ts';
import type { Change } from '../model/change.ts';
import type { Clock } from '../model/clock.ts';
import type { Items } from '../model/resources.ts';
import type { Intent } from '../state/format.ts';
import type { DuplicateGuard } from './create-once.ts';
import type { ProbeResult } from './until.ts';
import type { ProofTimes, WaitName } from './waits.ts';

/** The changes planned so far. The diff of a step may depend on the changes of the nouns that the step needs. */
export interface Planned<N extends Noun> {
  changesOf(noun: N): readonly Change[];
  /** Whether the single resource of a noun is about to be replaced. */
  isReplaced(noun: N): boolean;
}

/** Everything that a step may use for one change. */
export interface ApplyContext<N extends Noun, F extends string = string> extends Desired {
  readonly aws: Aws;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly builds: Builds;
  /** Whether to wait for health checks and DNS propagation. No later step depends on these waits. */
  readonly waitUntilReady: boolean;
  readonly change: Change<F>;
  /** The resource as the survey found it; undefined if the survey did not find it. */
  readonly existing: Found[N] | undefined;
  /** Everything the survey found. */
  readonly found: Survey;
  /** The current ids of the resources of this noun, and of the nouns that this noun needs. */
  readonly ids: { readonly [M in Needs<N> | N]: Items<Ids[M]> };
  /** The tags of this resource. */
  readonly tags: Tags;
  /** The intent recorded before this create, with its client token. */
  readonly intent: Intent;
  /** Finds the result of an earlier, unanswered create before another create is sent. */
  readonly duplicateGuard: DuplicateGuard;
  /** Abandons a failed resource, and returns an intent with a new client token. */
  renewIntent(): Promise<Intent>;
  /** Looks for this resource again. */
  readonly lookAgain: () => Promise<Found[N] | undefined>;
  /** Returns the change for a resource that exists but was not in the survey; undefined if no change is needed. */
  changeOf(existing: Found[N]): Change<F> | undefined;
  /** Waits until another resource of this noun exists, and returns its ids. That resource must not depend on this one. */
  siblingIds(key: string): Promise<Ids[N]>;
  /**
   * Waits until the probe is ready; progress is reported automatically.
   * @param extraMs milliseconds to add to the deadline
   */
  until<T>(what: string, wait: WaitName, probe: () => Promise<ProbeResult<T>>, extraMs?: number): Promise<T>;
  /** How long the tasks of a service must stay up. */
  readonly proofTimes: ProofTimes;
  note(text: string): void;
  /** Reports that the resource serves requests, although it is not ready yet. */
  reportServing(): void;
  /** Completes a command of the AWS CLI with the region and the endpoint of the run. */
  awsCommand(command: string): string;
  /** Returns where the containers of a task listen, if the target knows it. */
  readonly listenersOf?: ListenersOf | undefined;
}

/** A resource that exists: its ids, and any other fields that are known. */
export type Known<N extends Noun> = Ids[N] & Partial<Found[N]>;

/** A resource that exists but is not ready: the engine records its ids, then waits. */
export interface NotReady<N extends Noun> {
  readonly ids: Ids[N];
  /**
   * Resolves when the resource is ready.
   * @param onUsable may be called earlier, when the steps that need the resource may start
   */
  readonly wait: (onUsable: () => void) => Promise<void>;
}

/** The result of a create or an update: the resource, either ready or with a wait until it is ready. */
export type Applied<N extends Noun> = Known<N> | NotReady<N>;

/** The step of a noun. What it needs is declared in the architecture; its look is in `lib/look/`. */
export interface Step<N extends Noun, F extends string = string> {
  /**
   * Returns the found resources under other keys, if it depends on the planned changes whether an existing resource can become
   * the desired one. Pure.
   */
  assign?(desired: Desired, found: Survey, planned: Planned<Needs<N>>): Items<Found[N]>;
  /** Compares desired with found resources, and returns the changes. Pure. */
  diff(desired: Desired, found: Survey, planned: Planned<Needs<N>>): Change<F>[];
  /**
   * Does what has to succeed before any resource of this noun is created or updated in this run: if it fails for one of them, none
   * is changed.
   */
  prepare?(context: ApplyContext<N, F>): Promise<void>;
  /**
   * Creates the resource. If the new resource cannot exist beside the old one, removes the old one first. The
   * engine records the ids.
   */
  create(context: ApplyContext<N, F>): Promise<Applied<N>>;
  /** Updates the existing resource. Returns ids only if the update changes them or needs a wait. */
  update?(context: ApplyContext<N, F>, existing: Found[N]): Promise<Applied<N> | void>;
  /** Applies the settings that need separate calls: after a create, and before every update. */
  configure?(context: ApplyContext<N, F>, resource: Known<N>): Promise<void>;
  /** Directs traffic to the new resource, once everything new is in place and healthy. */
  switchTraffic?(context: ApplyContext<N, F>): Promise<void>;
  /** Removes what is no longer needed. The clean-ups of all steps run in the same order as removals. */
  cleanUp?(context: ApplyContext<N, F>): Promise<void>;
}

/** Everything that a removal may use for one resource. */
export interface RemoveContext<N extends Noun> extends Desired {
  readonly aws: Aws;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly key: string;
  readonly existing: Found[N];
  readonly found: Survey;
  /** Returns a context for another look. This look shares no calls with earlier looks. */
  newLookContext(): LookContext;
  readonly alsoRemoved: AlsoRemoved;
  until<T>(what: string, wait: WaitName, probe: () => Promise<ProbeResult<T>>): Promise<T>;
  note(text: string): void;
  /** Completes a command of the AWS CLI with the region and the endpoint of the run. */
  awsCommand(command: string): string;
}

/** The other resources that are removed in the same run. */
export interface AlsoRemoved {
  /** Whether this run removes every resource of a noun. False if none was found, since AWS may show it late. */
  willRemoveAll(noun: Noun): boolean;
  /**
   * Resolves once another resource of this noun is deleted; undefined if that resource stays. The removal of that resource must
   * not wait for this one.
   */
  removalOf(key: string): Promise<void> | undefined;
}

/** The removal of a noun: deletes one resource, and resolves when it is gone. */
export interface Removal<N extends Noun> {
  /** Nouns that must be removed before this one, besides those that need it. */
  readonly after?: readonly Noun[];
  /** Returns `kept`, with the reason, if the resource stays; `removedWith` if it is deleted together with another resource. */
  remove(
    context: RemoveContext<N>,
  ): Promise<void | { readonly kept: string } | { readonly removedWith: string }>;
}
