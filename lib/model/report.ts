/** What a run says while it works: events, which one of three listeners shows. The engine never prints. */
import type { Noun } from './architecture.ts';
import type { Verb } from './change.ts';

/** Past tenses of the verbs, and the words for what did not change and what is under way. */
export type ResourceStatus =
  'created' | 'updated' | 'replaced' | 'removed' | 'exists' | 'kept' | 'waiting' | 'gone';

export const pastTense: Readonly<Record<Exclude<Verb, 'refused'>, ResourceStatus>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  remove: 'removed',
};

/** Something that happened. */
export type Event =
  | {
      readonly type: 'resource';
      readonly noun: Noun;
      readonly key: string;
      readonly status: ResourceStatus;
      /** An id, or what is waited for. */
      readonly text: string;
      /** Milliseconds that it took, or has taken so far. */
      readonly elapsed?: number;
    }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'warning'; readonly text: string }
  /** A heading for what follows. */
  | { readonly type: 'phase'; readonly text: string };

export type Report = (event: Event) => void;
