/** Checks of the domain: its hosted zone, the delegation from the parent zone, and its certificate. */
import { lookDomain } from '../lib/look/domain.ts';
import { fetchNameServers, lookHostedZone } from '../lib/look/hosted-zone.ts';
import { only } from '../lib/model/resources.ts';
import type { ConnectedTarget } from '../lib/run/target.ts';
import { areServersOfZone, nameServersInDns, type LookUpServers } from '../provision/done/delegation.ts';
import { checkDomain } from '../provision/domain.ts';
import { no, ok, skipped, type Check, type Verdict } from './check.ts';
import type { Planned } from './facts.ts';
import { checkCertificate } from './stack.ts';

/** Checks that the hosted zone exists, and that resolvers see the records in it. */
export async function checkZone({ context }: Planned): Promise<Verdict> {
  const { config } = context;
  const { domain } = config;
  if (!domain) return skipped('no domain is configured');
  checkDomain(config, await lookDomain(context));
  const zone = only(await lookHostedZone(context));
  if (zone) return ok(`${zone.name} (${zone.hostedZoneId})`);
  const name = domain.zone ?? domain.zoneId ?? '';
  return domain.createZone
    ? ok(`${name} is created with the first provision`)
    : no(
        `The account has no public hosted zone ${name}.`,
        'Correct domain.zone in slipway.config.ts, or set domain.createZone: true, to create the zone.',
      );
}

/** Compares the name servers of the hosted zone with those that DNS has. */
export async function checkDelegation(
  { context }: Planned,
  target: ConnectedTarget,
  lookUp?: LookUpServers,
): Promise<Verdict> {
  const { config, aws } = context;
  const zone = only(await lookHostedZone(context));
  if (!config.domain || !zone) return skipped('there is no hosted zone yet');
  const servers = await fetchNameServers(aws, zone.hostedZoneId);
  const inDns = await nameServersInDns(target, zone.name, config.domain.name, lookUp);
  if (inDns === undefined) return skipped(`this machine cannot look up the name servers of ${zone.name}`);
  if (areServersOfZone(inDns, servers)) return ok(`DNS names the servers of ${zone.name}`);
  const actual = inDns.length === 0 ? 'no server' : inDns.join(', ');
  return no(
    `DNS names ${actual} for ${zone.name}, so the records in the hosted zone are not seen.`,
    `Enter these name servers at the registrar of ${zone.name}, or as an NS record of its parent zone: ${servers.join(', ')}`,
  );
}

/** Returns the checks of a domain. */
export const domainChecks = (planned: Promise<Planned>, target: Promise<ConnectedTarget>): Check[] =>
  [
    { name: 'hosted zone', run: async () => checkZone(await planned) },
    { name: 'delegation', run: async () => checkDelegation(await planned, await target) },
    { name: 'certificate', run: async () => checkCertificate(await planned) },
  ].map((check) => ({ group: 'domain', ...check }));
