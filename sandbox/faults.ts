/** Faults as data: which call of which operation goes wrong, and how. */

import { isMutating } from './journal.ts';

/** A fault that waits for its call. */
export type Fault = {
  /** The service, e.g. `ec2`; any when left out. */
  readonly service?: string;
  /** The operation, e.g. `CreateVpc`; any when left out. */
  readonly operation?: string;
  /** Whether only calls count that are meant to change something. */
  readonly mutating?: boolean;
  /** Which matching call it strikes: 1 is the next one. */
  readonly nth: number;
} & (
  | {
      /** Refused before its effect. */
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      readonly status: number;
    }
  | {
      /** The effect is there, the connection breaks before the answer. */
      readonly kind: 'answer-lost';
    }
);

export interface Faults {
  add(fault: Fault): void;
  /** Counts a call and returns the fault that strikes it, if one does. */
  strike(service: string, operation: string): Fault | undefined;
  /** Faults that have not struck yet. */
  waiting(): readonly Fault[];
  clear(): void;
}

export function makeFaults(): Faults {
  let waiting: { fault: Fault; left: number }[] = [];
  const matches = (fault: Fault, service: string, operation: string) =>
    (fault.service ?? service) === service &&
    (fault.operation ?? operation) === operation &&
    (!fault.mutating || isMutating(operation));
  return {
    add: (fault) => void waiting.push({ fault, left: fault.nth }),
    strike(service, operation) {
      let struck: Fault | undefined;
      for (const entry of waiting) {
        if (matches(entry.fault, service, operation)) entry.left -= 1;
        if (entry.left === 0) struck ??= entry.fault;
      }
      waiting = waiting.filter(({ left }) => left > 0);
      return struck;
    },
    waiting: () => waiting.map(({ fault }) => fault),
    clear: () => {
      waiting = [];
    },
  };
}
