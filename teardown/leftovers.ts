/** The independent look after a teardown: by tags and names again, and for network interfaces that nobody recorded. */
import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import { names } from '../lib/architecture.ts';
import type { Aws } from '../lib/clients.ts';
import { foreignOwner } from '../lib/look/see.ts';
import { survey } from '../lib/look/looks.ts';
import { problem } from '../lib/problem.ts';
import { addressOf, titleOf, type Ids, type Name } from '../lib/resources.ts';
import type { Session } from '../lib/run/session.ts';
import type { Tags } from '../lib/tags.ts';
import { LOOKED_AT } from './plan.ts';

/**
 * Looks again for anything of ours.
 * @throws LEFTOVERS with a list of what is left
 */
export async function leftovers(session: Session): Promise<void> {
  const see = session.see();
  const found = await survey(see, LOOKED_AT);
  const left: string[] = [];
  for (const name of names) {
    const things = found[name] as ReadonlyMap<string, Ids[Name] & { readonly tags: Tags }>;
    for (const [key, thing] of things) {
      if (foreignOwner(thing.tags, see.names.stack) !== undefined) continue;
      left.push(`${addressOf(name, key)} ${titleOf(name, thing)}`);
    }
  }
  for (const { vpcId } of found.vpc.values()) left.push(...(await interfacesIn(see.aws, vpcId)));
  if (left.length === 0) return;
  throw problem('LEFTOVERS', {
    what: `${left.length} ${left.length === 1 ? 'thing is' : 'things are'} left of ${see.names.stack}.`,
    why: left.join('\n'),
    now: 'Everything else is gone; the state file is kept.',
    fix: ['npm run teardown, to try again: some things take AWS minutes to let go of'],
  });
}

async function interfacesIn({ ec2 }: Aws, vpcId: string): Promise<string[]> {
  const { NetworkInterfaces = [] } = await ec2(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
  );
  return NetworkInterfaces.map(
    ({ NetworkInterfaceId, Description }) => `${NetworkInterfaceId} (${Description ?? ''})`,
  );
}
