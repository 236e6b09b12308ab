/** Faults as data: a fault describes which calls of which operation fail, and how. */

import { isMutating } from '../server/journal.ts';

/**
 * The ways in which a lost response appears to the client: a connection reset; HTTP 500; headers and half of the body
 * before the connection closes; or an open connection on which nothing arrives.
 */
export const APPEARANCES = ['reset', '500', 'cut', 'silent'] as const;
export type Appearance = (typeof APPEARANCES)[number];

/** One way in which a call fails. */
export type Failure =
  | {
      /** The call is refused and has no effect. */
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      readonly status: number;
    }
  | {
      /** The same as `lost` with the appearance `reset`: the call takes effect, but the connection is reset. */
      readonly kind: 'answer-lost';
    }
  | {
      /**
       * The client does not get the real response. `looks` selects what it gets instead. The call takes effect (`lost`)
       * or does not (`not-done`).
       */
      readonly kind: 'lost' | 'not-done';
      readonly looks: Appearance;
    }
  | {
      /** The call takes effect immediately, and its response is delayed. */
      readonly kind: 'slow';
      /** Milliseconds of AWS time. */
      readonly ms: number;
    }
  | {
      /** The call succeeds, and the resource that it creates fails in the background. */
      readonly kind: 'fails-later';
      readonly code: string;
      readonly message: string;
    };

/** A pending failure and the calls that it applies to. */
export type Fault = Failure & {
  /** The service, e.g. `ec2`; any service by default. */
  readonly service?: string;
  /** The operation, e.g. `CreateVpc`; any operation by default. */
  readonly operation?: string;
  /** Whether the fault applies only to mutating calls. */
  readonly mutating?: boolean;
  /** Which matching call is the first to fail: 1 is the next one. */
  readonly nth: number;
  /** The number of matching calls that fail from then on; 1 by default. */
  readonly times?: number | 'always';
};

export interface Faults {
  add(fault: Fault): void;
  /** Counts a call and returns the fault that applies to it, if any. */
  next(service: string, operation: string): Fault | undefined;
  /** Returns the faults that may still apply to a future call. */
  waiting(): readonly Fault[];
  clear(): void;
}

export function makeFaults(): Faults {
  let waiting: { fault: Fault; callsUntilFirst: number; remaining: number }[] = [];
  const matches = (fault: Fault, service: string, operation: string) =>
    (fault.service ?? service) === service &&
    (fault.operation ?? operation) === operation &&
    (!fault.mutating || isMutating(operation));
  return {
    add(fault) {
      const { nth, times = 1 } = fault;
      waiting.push({ fault, callsUntilFirst: nth, remaining: times === 'always' ? Infinity : times });
    },
    next(service, operation) {
      let applied: Fault | undefined;
      for (const entry of waiting) {
        if (!matches(entry.fault, service, operation)) continue;
        entry.callsUntilFirst -= 1;
        if (entry.callsUntilFirst > 0) continue;
        entry.remaining -= 1;
        applied ??= entry.fault;
      }
      waiting = waiting.filter(({ remaining }) => remaining > 0);
      return applied;
    },
    waiting: () => waiting.map(({ fault }) => fault),
    clear: () => {
      waiting = [];
    },
  };
}
