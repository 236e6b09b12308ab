/** For convergence tests: changes the world at a certain moment of a run. */
import type { Region } from '../../sandbox/world/region.ts';
import { leapingClock } from '../sweep/leaping-clock.ts';
import { account, type Account } from './harness.ts';
import { stack } from './stacks.ts';

/** Provisions a stack in an account with a leaping clock. From then on, changes the world right after each call of the operation. */
export async function accountWithHook(
  operation: string,
  changeWorld: (region: Region, user: Account) => void,
) {
  const clock = leapingClock();
  const user = await account({ clock });
  await user.provision(stack());
  const { journal, world } = user.sandbox;
  const region = world.region('eu-west-1');
  const add = journal.add.bind(journal);
  journal.add = (entry) => {
    add(entry);
    if (entry.operation === operation) changeWorld(region, user);
  };
  return { user, clock, region, removeHook: () => void (journal.add = add) };
}
