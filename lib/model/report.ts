/** The events that a run reports. The engine never prints: a listener shows the events. */
import type { Noun } from './architecture.ts';
import type { Verb } from './change.ts';

/** The past tenses of the verbs, and the words for resources that are unchanged or in progress. */
export type ResourceStatus =
  'created' | 'updated' | 'replaced' | 'removed' | 'exists' | 'kept' | 'waiting' | 'gone';

export const pastTense: Readonly<Record<Exclude<Verb, 'refused'>, ResourceStatus>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  remove: 'removed',
};

/** Something to report. */
export type Event =
  | {
      readonly type: 'resource';
      readonly noun: Noun;
      readonly key: string;
      readonly status: ResourceStatus;
      /** An id, or what the run is waiting for. */
      readonly text: string;
      /** How long it took, or has taken so far, milliseconds. */
      readonly elapsed?: number;
    }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'warning'; readonly text: string }
  /** A line that a program has printed. */
  | { readonly type: 'log'; readonly source: string; readonly text: string }
  /** A heading for the events that follow. */
  | { readonly type: 'phase'; readonly text: string };

export type Report = (event: Event) => void;
