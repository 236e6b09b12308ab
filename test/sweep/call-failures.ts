/** For sweeps: the ways in which a call can fail, and a record of the calls that failed. */
import type { Failure } from '../../sandbox/chaos/faults.ts';
import type { Account } from '../converge/harness.ts';

/** One way in which a call can fail. */
export interface CallFailure {
  readonly fault: Failure;
  /** Whether the run is killed when the call fails. */
  readonly killsRun?: true;
  /** Whether the failure applies only to mutating calls. For calls that only read, another failure has the same effect. */
  readonly mutatingOnly?: true;
}

const ACCESS_DENIED = { kind: 'refused', code: 'AccessDenied', message: 'by the test', status: 403 } as const;

export const callFailures = {
  'refused before its effect': { fault: ACCESS_DENIED },
  'done, and the answer lost': { fault: { kind: 'lost', looks: 'reset' } },
  'not done, and the answer lost': { fault: { kind: 'not-done', looks: 'reset' }, mutatingOnly: true },
  'done, and answered with 500': { fault: { kind: 'lost', looks: '500' } },
  'done, and the process killed': { fault: { kind: 'lost', looks: 'silent' }, killsRun: true },
  'not done, and the process killed': {
    fault: { kind: 'not-done', looks: 'silent' },
    killsRun: true,
    mutatingOnly: true,
  },
} satisfies Record<string, CallFailure>;

export type CallFailureName = keyof typeof callFailures;

/** A call that failed because of an injected failure. */
export interface FailedCall {
  readonly service: string;
  readonly operation: string;
}

/**
 * Injects failures in sequence: the first at the nth call from now, each later one at the nth call after the previous failure.
 * @returns the calls that have failed so far, in order; the list grows during the run
 */
export function injectFailures(
  user: Account,
  ...injections: readonly { readonly failure: CallFailure; readonly nth: number }[]
): FailedCall[] {
  const failedCalls: FailedCall[] = [];
  const { faults } = user.sandbox;
  const nextFault = faults.next.bind(faults);
  let index = 0;
  const arm = () => {
    const injection = injections[index];
    if (!injection) return;
    const { failure, nth } = injection;
    faults.add({ ...failure.fault, mutating: failure.mutatingOnly, nth });
  };
  arm();
  faults.next = (service, operation) => {
    const fault = nextFault(service, operation);
    if (fault) {
      failedCalls.push({ service, operation });
      if (injections[index]?.failure.killsRun) user.kill();
      index += 1;
      arm();
    }
    return fault;
  };
  return failedCalls;
}

/** A call in a scenario: the nth call of its operation. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly nth: number;
}

/** Returns an injection for this call: the nth call of its operation, counted from when the failure is injected. */
export const injectionAt = ({ service, operation, nth }: Call, { fault, ...failure }: CallFailure) => ({
  failure: { ...failure, fault: { ...fault, service, operation } },
  nth,
});

/** Cancels the failures that have not happened yet. */
export const clearFailures = ({ sandbox: { faults } }: Account): void => faults.clear();
