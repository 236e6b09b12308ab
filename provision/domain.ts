/** Checks that resolvers see the domain's records in the configured zone, and warns of records that lead elsewhere. Pure. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { hasBalancer, routesOf, type Config, type Domain } from '../lib/config/config.ts';
import { bareName } from '../lib/look/record-sets.ts';
import { normalisedAliasName } from '../lib/look/record.ts';
import type { DomainSurroundings, LongerZone, ZoneCut } from '../lib/look/domain.ts';
import type { Survey } from '../lib/look/found.ts';
import type { Event } from '../lib/model/report.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import { only } from '../lib/model/resources.ts';

/**
 * Checks that resolvers see the domain's records in the configured zone: no NS record of the zone delegates the name, and no
 * other zone in the account matches more of the name.
 * @throws ZONE, with the zone to use instead
 */
export function checkDomain({ domain }: Config, surroundings: DomainSurroundings | undefined): void {
  if (!domain || !surroundings) return;
  const { cut, longerZone, name = domain.name } = surroundings;
  const zone = domain.zone ?? surroundings.zone ?? '';
  if (cut) throw delegatedAway(domain, name, zone, cut, longerZone);
  if (longerZone) throw longerZoneExists(domain, name, zone, longerZone);
}

function delegatedAway(
  domain: Domain,
  name: string,
  zone: string,
  cut: ZoneCut,
  longerZone: LongerZone | undefined,
): Problem {
  const servers = cut.nameServers.join(', ');
  // If the longer zone is below the delegated name, this NS record does not show which servers answer for that zone.
  const mayLongerZoneAnswer =
    longerZone?.name !== cut.name ||
    longerZone.nameServers.some((server) => cut.nameServers.includes(server));
  return problem('ZONE', {
    what: `A record for ${name} in the zone ${zone} would never be seen.`,
    why: [
      `An NS record of ${zone} delegates ${cut.name} to other name servers: ${servers}.`,
      ...(longerZone ? [longerZoneText(longerZone)] : []),
      ...(longerZone && !mayLongerZoneAnswer
        ? [`Its name servers differ from those of the NS record: ${longerZone.nameServers.join(', ')}.`]
        : []),
    ].join('\n'),
    now: NOTHING_CHANGED,
    fix: isFurther(domain, name)
      ? [
          `Remove ${name} from domain.names: all names of a stack belong to one zone,`,
          `or remove the NS record ${cut.name} from ${zone}, if no one needs it.`,
        ]
      : longerZone
        ? [
            ...(mayLongerZoneAnswer ? [] : [`Correct the NS record ${cut.name} in ${zone},`]),
            `${mayLongerZoneAnswer ? 'Set' : 'then set'} ${zoneToUse(domain, longerZone)} in slipway.config.ts.`,
          ]
        : [
            `Choose a domain.name outside ${cut.name}, or the domain.zone that these name servers serve,`,
            `or remove the NS record ${cut.name} from ${zone}, if no one needs it.`,
          ],
  });
}

/** Whether a name is one of domain.names, for which the zone of the stack cannot change. */
const isFurther = (domain: Domain, name: string): boolean => name !== domain.name;

const longerZoneExists = (domain: Domain, name: string, zone: string, longerZone: LongerZone): Problem =>
  problem('ZONE', {
    what: `${name} belongs in a longer zone than ${zone}.`,
    why: `${longerZoneText(longerZone)}\nOnce ${zone} delegates to that zone, records in ${zone} for this name are not seen any more.`,
    now: NOTHING_CHANGED,
    fix: [
      isFurther(domain, name)
        ? `Remove ${name} from domain.names: all names of a stack belong to one zone,`
        : `Set ${zoneToUse(domain, longerZone)} in slipway.config.ts,`,
      `or delete the zone ${longerZone.name}, if no one needs it.`,
    ],
  });

const longerZoneText = ({ name, hostedZoneId }: LongerZone): string =>
  `The account has the zone ${name} (${hostedZoneId}), which contains the name.`;

const zoneToUse = ({ createZone, zoneId }: Domain, { name, hostedZoneId }: LongerZone): string =>
  zoneId === undefined
    ? `domain.zone to '${name}'${createZone ? ', without domain.createZone,' : ''}`
    : `domain.zoneId to '${hostedZoneId}'`;

/** The record types that some clients query besides A records, with a description of these clients. */
const CLIENTS_BY_TYPE: Readonly<Record<string, string>> = {
  AAAA: 'clients with IPv6',
  HTTPS: 'browsers',
  SVCB: 'clients that support SVCB',
};

/** Returns the warnings about other records with the domain's name that lead some clients away from the load balancer. */
export function domainEvents({ domain }: Config, found: Survey): Event[] {
  const balancer = only(found.loadBalancer)?.dnsName.toLowerCase();
  const sets = domain && found.domain ? found.domain.recordSets : [];
  return sets.flatMap((set): Event[] => {
    const clients = CLIENTS_BY_TYPE[set.Type ?? ''];
    const target = targetOf(set);
    if (clients === undefined || target === balancer) return [];
    const text = `${bareName(set.Name)} also has a record of type ${set.Type} that does not belong to this stack: it leads ${clients} to ${target}, not to the load balancer`;
    return [{ type: 'warning', text }];
  });
}

const targetOf = ({ AliasTarget, ResourceRecords = [] }: ResourceRecordSet): string =>
  AliasTarget
    ? normalisedAliasName(AliasTarget.DNSName)
    : ResourceRecords.map(({ Value = '' }) => Value).join(', ');

/** Returns a note if no container is routed: nothing outside of the stack reaches its services. */
export const routeEvents = (config: Config): Event[] =>
  routesOf(config).length > 0
    ? []
    : [
        {
          type: 'note',
          text: hasBalancer(config)
            ? 'no container has a path, so no request reaches a service'
            : 'no container has a path, so the stack has no load balancer and no address',
        },
      ];
