/** For tests of convergence: an account in which a stack stands, which is provisioned once and then begun again from there. */
import type { Clock } from '../../lib/model/clock.ts';
import type { StackInput } from '../../lib/config/schema.ts';
import type { SandboxClock as SandboxClock } from '../../sandbox/world/clock.ts';
import type { Snapshot } from '../../sandbox/world/world.ts';
import { account, type Account } from './harness.ts';

/** An account as it is at one moment. */
export interface Moment {
  readonly world: Snapshot;
  /** The text of the state file. */
  readonly state: string;
  /** By the account's clock. */
  readonly at: number;
}

const moments = new Map<string, Promise<Moment>>();

/**
 * A new account in which a stack stands. Unless it has sources, what provisioned it is in no journal of its.
 * @param clockFrom makes what both sides go by, from a time on; without it AWS takes no time at all
 */
export async function standing(
  one: StackInput,
  clockFrom?: (time?: number) => Clock & SandboxClock,
): Promise<Account> {
  const made = () => provisioned(one, clockFrom?.());
  if (hasSource(one)) return made();
  const key = JSON.stringify([one, clockFrom?.name]);
  const moment = moments.get(key) ?? made().then(left);
  moments.set(key, moment);
  const from = await moment;
  return account({ from, ...(clockFrom && { clock: clockFrom(from.at) }) });
}

/** A source lies in the folder of its account, and is another one elsewhere. */
const hasSource = ({ services }: StackInput): boolean =>
  Object.values(services).some(({ containers }) =>
    Object.values(containers).some(({ source }) => source !== undefined),
  );

async function provisioned(one: StackInput, clock?: Clock & SandboxClock): Promise<Account> {
  const user = await account({ ...(clock && { clock }) });
  await user.up(one);
  return user;
}

async function left(user: Account): Promise<Moment> {
  const moment = user.moment();
  await user.close();
  return moment;
}
