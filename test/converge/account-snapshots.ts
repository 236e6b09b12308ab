/** For convergence tests: accounts with a provisioned stack. A stack is provisioned once, and then restored from a snapshot. */
import type { Clock } from '../../lib/model/clock.ts';
import type { StackInput } from '../../lib/config/schema.ts';
import type { SandboxClock } from '../../sandbox/world/clock.ts';
import type { Snapshot } from '../../sandbox/world/world.ts';
import { account, type Account } from './harness.ts';

/** The state of an account at one moment. */
export interface AccountSnapshot {
  readonly world: Snapshot;
  /** The contents of the state file. */
  readonly state: string;
  /** The time of the snapshot on the account's clock. */
  readonly takenAt: number;
}

const snapshots = new Map<string, Promise<AccountSnapshot>>();

/**
 * Returns a new account with a provisioned stack. If the account is restored from a snapshot, its journal is empty.
 * @param clockFrom creates the clock that Slipway and the sandbox share, and starts it at the given time. Without a clock, AWS takes
 * no time.
 * @param surroundings creates what exists before the stack
 */
export async function provisionedAccount(
  stack: StackInput,
  clockFrom?: (time?: number) => Clock & SandboxClock,
  surroundings?: (user: Account) => Promise<unknown>,
): Promise<Account> {
  const create = () => provisionNewAccount(stack, clockFrom?.(), surroundings);
  if (hasSource(stack)) return create();
  const key = JSON.stringify([stack, clockFrom?.name, surroundings?.name]);
  const snapshot = snapshots.get(key) ?? create().then(snapshotAndClose);
  snapshots.set(key, snapshot);
  const from = await snapshot;
  return account({ from, ...(clockFrom && { clock: clockFrom(from.takenAt) }) });
}

/** Whether a stack has sources. Such a stack is not restored, since its sources are in the folder of one account. */
const hasSource = ({ services }: StackInput): boolean =>
  Object.values(services).some(({ containers }) =>
    Object.values(containers).some(({ source }) => source !== undefined),
  );

async function provisionNewAccount(
  stack: StackInput,
  clock?: Clock & SandboxClock,
  surroundings?: (user: Account) => Promise<unknown>,
): Promise<Account> {
  const user = await account({ ...(clock && { clock }) });
  await surroundings?.(user);
  await user.provision(stack);
  return user;
}

async function snapshotAndClose(user: Account): Promise<AccountSnapshot> {
  const snapshot = user.snapshot();
  await user.close();
  return snapshot;
}
