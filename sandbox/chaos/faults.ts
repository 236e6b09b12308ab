/** Faults as data: which call of which operation goes wrong, and how. */

import { isMutating } from '../server/journal.ts';

/**
 * How an answer is lost, to its client: the connection is reset; HTTP 500; headers and half of a body, then the end of
 * the connection; silence on an open one.
 */
export const LOOKS = ['reset', '500', 'cut', 'silent'] as const;
export type Look = (typeof LOOKS)[number];

/** What goes wrong with a call. */
export type Harm =
  | {
      /** Refused before its effect. */
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      readonly status: number;
    }
  | {
      /** The effect is there, the connection is reset before the answer. */
      readonly kind: 'answer-lost';
    }
  | {
      /** The effect is there, and the client does not hear of it; or it looks so, and there is no effect. */
      readonly kind: 'lost' | 'not-done';
      readonly looks: Look;
    }
  | {
      /** The effect is there at once, the answer comes late. */
      readonly kind: 'slow';
      /** Milliseconds of AWS time. */
      readonly ms: number;
    }
  | {
      /** The call succeeds, and what it made fails in the background. */
      readonly kind: 'fails-later';
      readonly code: string;
      readonly message: string;
    };

/** A fault that waits for its call. */
export type Fault = Harm & {
  /** The service, e.g. `ec2`; any when left out. */
  readonly service?: string;
  /** The operation, e.g. `CreateVpc`; any when left out. */
  readonly operation?: string;
  /** Whether only calls count that are meant to change something. */
  readonly mutating?: boolean;
  /** Which matching call it strikes first: 1 is the next one. */
  readonly nth: number;
  /** How many matching calls it strikes from then on; once when left out. */
  readonly times?: number | 'always';
};

export interface Faults {
  add(fault: Fault): void;
  /** Counts a call and returns the fault that strikes it, if one does. */
  strike(service: string, operation: string): Fault | undefined;
  /** Faults that have still to strike. */
  waiting(): readonly Fault[];
  clear(): void;
}

export function makeFaults(): Faults {
  let waiting: { fault: Fault; until: number; strikes: number }[] = [];
  const matches = (fault: Fault, service: string, operation: string) =>
    (fault.service ?? service) === service &&
    (fault.operation ?? operation) === operation &&
    (!fault.mutating || isMutating(operation));
  return {
    add(fault) {
      const { nth, times = 1 } = fault;
      waiting.push({ fault, until: nth, strikes: times === 'always' ? Infinity : times });
    },
    strike(service, operation) {
      let struck: Fault | undefined;
      for (const entry of waiting) {
        if (!matches(entry.fault, service, operation)) continue;
        entry.until -= 1;
        if (entry.until > 0) continue;
        entry.strikes -= 1;
        struck ??= entry.fault;
      }
      waiting = waiting.filter(({ strikes }) => strikes > 0);
      return struck;
    },
    waiting: () => waiting.map(({ fault }) => fault),
    clear: () => {
      waiting = [];
    },
  };
}
