/** For convergence tests: accounts with a provisioned stack, which is provisioned once and then restored from a snapshot. */
import type { Clock } from '../../lib/model/clock.ts';
import type { StackInput } from '../../lib/config/schema.ts';
import type { Clock as SandboxClock } from '../../sandbox/world/clock.ts';
import type { Snapshot } from '../../sandbox/world/world.ts';
import { account, type Account } from './harness.ts';

/** The state of an account at one moment. */
export interface AccountSnapshot {
  readonly world: Snapshot;
  /** The contents of the state file. */
  readonly state: string;
  /** When it was taken, by the account's clock. */
  readonly at: number;
}

const snapshots = new Map<string, Promise<AccountSnapshot>>();

/**
 * Returns a new account with a provisioned stack. Unless the stack has sources, the journal starts empty.
 * @param clockFrom creates the clock of both sides, from a given time on; without it AWS takes no time at all
 */
export async function provisionedAccount(
  one: StackInput,
  clockFrom?: (time?: number) => Clock & SandboxClock,
): Promise<Account> {
  const made = () => provisioned(one, clockFrom?.());
  if (hasSource(one)) return made();
  const key = JSON.stringify([one, clockFrom?.name]);
  const moment = snapshots.get(key) ?? made().then(snapshotOf);
  snapshots.set(key, moment);
  const from = await moment;
  return account({ from, ...(clockFrom && { clock: clockFrom(from.at) }) });
}

/** Sources are in the folder of their account, so that another account has other sources. */
const hasSource = ({ services }: StackInput): boolean =>
  Object.values(services).some(({ containers }) =>
    Object.values(containers).some(({ source }) => source !== undefined),
  );

async function provisioned(one: StackInput, clock?: Clock & SandboxClock): Promise<Account> {
  const user = await account({ ...(clock && { clock }) });
  await user.provision(one);
  return user;
}

async function snapshotOf(user: Account): Promise<AccountSnapshot> {
  const moment = user.snapshot();
  await user.close();
  return moment;
}
