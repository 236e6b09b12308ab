/** The events that a run reports. The engine never prints: a listener shows the events. */
import type { Noun } from './architecture.ts';
import type { Verb } from './change.ts';

/** The past tenses of the verbs, and the words for resources that are unchanged or in progress. */
export type ResourceStatus =
  'started' | 'created' | 'updated' | 'replaced' | 'removed' | 'exists' | 'kept' | 'waiting' | 'gone';

export const pastTense: Readonly<Record<Exclude<Verb, 'refused'>, ResourceStatus>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  remove: 'removed',
};

/** One step that a run is about to take. */
export interface PlannedStep {
  readonly noun: Noun;
  readonly key: string;
  readonly verb: Exclude<Verb, 'refused'>;
  /** How long the step usually takes on AWS, in milliseconds. */
  readonly usualMs: number;
}

/** Steps of a run, which end before those of the next stage begin. */
export interface StageOfSteps {
  /** For each noun, the nouns whose steps must be done first. */
  readonly after: Readonly<Record<Noun, readonly Noun[]>>;
  readonly steps: readonly PlannedStep[];
}

/** Something to report. */
export type Event =
  | {
      readonly type: 'resource';
      readonly noun: Noun;
      readonly key: string;
      readonly status: ResourceStatus;
      /** An id, or what is being done, or what the run is waiting for. */
      readonly text: string;
      /** How long it took, or has taken so far, milliseconds. */
      readonly elapsed?: number;
    }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'warning'; readonly text: string }
  /** The steps that the run is about to take, one stage after the other. */
  | { readonly type: 'steps'; readonly text: string; readonly stages: readonly StageOfSteps[] }
  /** What the run is doing apart from its steps. An empty text ends the activity. */
  | { readonly type: 'activity'; readonly text: string }
  /** A line that a program has printed. */
  | { readonly type: 'log'; readonly source: string; readonly text: string }
  /** A line of a plan, which is shown before it is confirmed. */
  | { readonly type: 'plan'; readonly text: string }
  /** A heading for the events that follow. */
  | { readonly type: 'phase'; readonly text: string };

export type Report = (event: Event) => void;
