/** For sweeps: the ways in which a call goes wrong, and how it is made sure that it did. */
import type { Failure } from '../../sandbox/chaos/faults.ts';
import type { Account } from '../converge/harness.ts';

export interface Blow {
  readonly harm: Failure;
  /** Whether the process dies at that moment. */
  readonly kills?: true;
  /** Whether only calls that change something are struck: to what changes nothing, it is the same as another blow. */
  readonly mutating?: true;
}

const DENIED = { kind: 'refused', code: 'AccessDenied', message: 'by the test', status: 403 } as const;

export const blows = {
  'refused before its effect': { harm: DENIED },
  'done, and the answer lost': { harm: { kind: 'lost', looks: 'reset' } },
  'not done, which looks the same': { harm: { kind: 'not-done', looks: 'reset' }, mutating: true },
  'done, and answered with 500': { harm: { kind: 'lost', looks: '500' } },
  'done, and the process killed': { harm: { kind: 'lost', looks: 'silent' }, kills: true },
  'not done, and the process killed': {
    harm: { kind: 'not-done', looks: 'silent' },
    kills: true,
    mutating: true,
  },
} satisfies Record<string, Blow>;

export type BlowName = keyof typeof blows;

/** What was struck. */
export interface Struck {
  readonly service: string;
  readonly operation: string;
}

/**
 * Lets blows strike: the first at the nth call from now on, each other so many calls after the one before.
 * @returns what they have struck so far, in order
 */
export function strike(
  user: Account,
  ...falls: readonly { readonly blow: Blow; readonly nth: number }[]
): Struck[] {
  const struck: Struck[] = [];
  const { faults } = user.sandbox;
  const strikes = faults.next.bind(faults);
  let next = 0;
  const arm = () => {
    const fall = falls[next];
    if (fall) faults.add({ ...fall.blow.harm, mutating: fall.blow.mutating, nth: fall.nth });
  };
  arm();
  faults.next = (service, operation) => {
    const fault = strikes(service, operation);
    if (fault) {
      struck.push({ service, operation });
      if (falls[next]?.blow.kills) user.die();
      next += 1;
      arm();
    }
    return fault;
  };
  return struck;
}

/** A call of a story: the nth of its operation. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly nth: number;
}

/** A blow that falls at this call, or at the nth of its operation from when it is its turn. */
export const at = ({ service, operation, nth }: Call, { harm, ...blow }: Blow) => ({
  blow: { ...blow, harm: { ...harm, service, operation } },
  nth,
});

/** Lets no more blows fall. */
export const spare = ({ sandbox: { faults } }: Account): void => faults.clear();
