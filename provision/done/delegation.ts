/** Checks whether the parent zone delegates to the zone of the stack. Until it does, no resolver finds the domain. */
import { Resolver } from 'node:dns/promises';
import { fetchNameServers, type NamedZone } from '../../lib/look/hosted-zone.ts';
import { bareName } from '../../lib/look/record-sets.ts';
import type { LookContext } from '../../lib/look/context.ts';
import type { Event } from '../../lib/model/report.ts';
import { only } from '../../lib/model/resources.ts';
import { awsCommand, type Run } from '../../lib/run/run.ts';
import type { ConnectedTarget } from '../../lib/run/target.ts';
import type { AllIds } from '../context.ts';

/** The zone that the stack creates for the domain, and how the rest of DNS sees it. */
export interface OwnZone {
  readonly name: string;
  /** The four servers that Route 53 assigned to the zone. */
  readonly nameServers: readonly string[];
  /** Whether the parent delegates to these servers; undefined if this machine cannot tell. */
  readonly isDelegated: boolean | undefined;
}

/** Resolves to the name servers that DNS names for a zone. */
export type LookUpServers = (zone: string) => Promise<readonly string[]>;

/**
 * Returns the zone of the domain and its delegation; undefined unless the stack creates the zone.
 * @param knownServers the name servers of the zone, if the zone existed before the run
 * @param lookUp how to look the name servers up on AWS; by default, with this machine's resolver
 */
export async function ownZone(
  { aws, config: { domain } }: Pick<LookContext, 'aws' | 'config'>,
  target: ConnectedTarget,
  ids: Pick<AllIds, 'hostedZone'>,
  knownServers: readonly string[] | undefined,
  lookUp: LookUpServers = queryDns,
): Promise<OwnZone | undefined> {
  const { zone } = domain ?? {};
  if (!domain?.createZone || zone === undefined) return undefined;
  const nameServers = knownServers ?? (await fetchNameServers(aws, only(ids.hostedZone)?.hostedZoneId));
  const serversInDns = await nameServersInDns(target, zone, domain.name, lookUp);
  return {
    name: zone,
    nameServers,
    isDelegated: serversInDns && areServersOfZone(serversInDns, nameServers),
  };
}

/**
 * Returns the name servers that DNS names for a zone: none if nothing delegates it, undefined if this machine cannot tell.
 * @param name the name of the domain
 */
export async function nameServersInDns(
  { sandbox }: Pick<ConnectedTarget, 'sandbox'>,
  zone: string,
  name: string,
  lookUp: LookUpServers = queryDns,
): Promise<readonly string[] | undefined> {
  // A resolver answers for names in .localhost itself, whatever Route 53 contains.
  if (!sandbox && name.endsWith('.localhost')) return undefined;
  return (sandbox?.nameServers ?? lookUp)(zone).catch(notFoundAsEmpty);
}

/** A query is sent this many times, with this timeout in milliseconds. */
const QUERY = { timeout: 2000, tries: 2 };

const queryDns: LookUpServers = (zone) => new Resolver(QUERY).resolveNs(zone);

/** The error codes of answers without name servers. SERVFAIL means that the servers do not know the zone. */
const NO_SERVERS = ['ENOTFOUND', 'ENODATA', 'ESERVFAIL', 'EREFUSED'];

function notFoundAsEmpty(error: unknown): string[] | undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  return NO_SERVERS.includes(code) ? [] : undefined;
}

/** Whether DNS names only servers of our zone: any other server does not know our record. */
export const areServersOfZone = (
  serversInDns: readonly string[],
  nameServers: readonly string[],
): boolean => {
  const ours = new Set(nameServers.map(bareName));
  return serversInDns.length > 0 && serversInDns.every((server) => ours.has(bareName(server)));
};

/**
 * Returns the events that say how to delegate the stack's zone. A zone that is delegated already has no events. Pure.
 * @param parent the zone of the account that contains our zone, if there is one
 * @param run for the command of the AWS CLI
 */
export function delegationEvents(
  zone: OwnZone | undefined,
  parent: NamedZone | undefined,
  run: Pick<Run, 'region' | 'endpoint'>,
): Event[] {
  if (zone?.isDelegated !== false) return [];
  const { name, nameServers } = zone;
  const instruction = parent
    ? `Add this NS record to the account's zone ${parent.name}`
    : `Enter these name servers at the registrar of ${name}, or as an NS record of its parent zone`;
  const command = parent && awsCommand(run, commandToDelegate(name, nameServers, parent));
  return [
    {
      type: 'warning',
      text: `${name} and all names in it do not resolve yet: nothing delegates ${name} to its name servers. ${instruction}:`,
    },
    ...[...nameServers, ...(command ? [command] : [])].map((text) => ({ type: 'note' as const, text })),
  ];
}

/** How long resolvers keep the NS record, in seconds. */
const TTL = 300;

function commandToDelegate(zone: string, nameServers: readonly string[], parent: NamedZone): string {
  const ResourceRecords = nameServers.map((Value) => ({ Value }));
  const Changes = [{ Action: 'CREATE', ResourceRecordSet: { Name: zone, Type: 'NS', TTL, ResourceRecords } }];
  return `aws route53 change-resource-record-sets --hosted-zone-id ${parent.hostedZoneId} --change-batch '${JSON.stringify({ Changes })}'`;
}
