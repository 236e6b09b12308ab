/** Finds what else affects how the domain is resolved: other zones of the account, delegations, and other records with its name. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { only } from '../model/resources.ts';
import type { LookContext } from './context.ts';
import {
  fetchNameServers,
  idOfZone,
  isOurZone,
  listHostedZones,
  lookHostedZone,
  nameOfZone,
  type NamedZone,
} from './hosted-zone.ts';
import { ifFound } from './if-found.ts';
import { bareName, recordSetsAt, sharedRecordSets } from './record-sets.ts';

/** A public zone of the account that lies within the configured zone and contains the domain. */
export interface LongerZone extends NamedZone {
  readonly nameServers: readonly string[];
}

/** An NS record of the configured zone that leads resolvers to other servers. */
export interface ZoneCut {
  readonly name: string;
  readonly nameServers: readonly string[];
}

/** The surroundings of the domain in DNS. Zones that the plan removes do not count. */
export interface DomainSurroundings {
  /** The name of the configured zone; undefined if only its id is known. */
  readonly zone?: string | undefined;
  /** If the account has several longer zones, the one with the longest name. */
  readonly longerZone: LongerZone | undefined;
  /** The innermost zone of the account that contains the configured zone. */
  readonly parentZone: NamedZone | undefined;
  /** The outermost delegation that contains the domain. */
  readonly cut: ZoneCut | undefined;
  /** The name servers of the configured zone; undefined unless the stack already owns it. */
  readonly nameServers: readonly string[] | undefined;
  /** The record sets at the domain's own name, of any type. */
  readonly recordSets: readonly ResourceRecordSet[];
}

/** @returns undefined when no domain is configured */
export async function lookDomain(context: LookContext): Promise<DomainSurroundings | undefined> {
  const { domain } = context.config;
  if (!domain) return undefined;
  const [foundZones, listed] = await Promise.all([lookHostedZone(context), listHostedZones(context)]);
  // Apart from the zone of the domain, the found zones are our zones that are no longer configured. They will be removed.
  const foundIds = new Set([...foundZones.values()].map(({ hostedZoneId }) => hostedZoneId));
  const otherZones = listed
    .filter((zone) => !zone.Config?.PrivateZone && !foundIds.has(idOfZone(zone)))
    .map((zone) => ({ name: nameOfZone(zone), hostedZoneId: idOfZone(zone) }))
    .sort((one, other) => other.name.length - one.name.length);
  const zone = only(foundZones);
  const zoneName = domain.zone ?? zone?.name;
  if (zoneName === undefined) return NO_SURROUNDINGS;
  const longer = otherZones.find(({ name }) => isBelow(name, zoneName) && isWithin(domain.name, name));
  const namesBelowZone = namesUpTo(domain.name, zoneName);
  const zoneIsOurs = zone !== undefined && isOurZone(context, zone);
  const [longerZone, sets] = await Promise.all([
    longer && withNameServers(context, longer),
    zone
      ? recordSetsAtNames(
          context,
          zone.hostedZoneId,
          [...new Set([domain.name, ...namesBelowZone])],
          zoneIsOurs,
        )
      : [],
  ]);
  const nsRecords = nsRecordsIn(sets);
  return {
    longerZone,
    zone: zoneName,
    parentZone: otherZones.find(({ name }) => isBelow(zoneName, name)),
    cut: nsRecords.find(({ name }) => namesBelowZone.includes(name)),
    nameServers: zoneIsOurs ? nsRecords.find(({ name }) => name === zoneName)?.nameServers : undefined,
    recordSets: sets.filter(({ Name }) => bareName(Name) === domain.name),
  };
}

/** A zone that does not exist has no surroundings. */
const NO_SURROUNDINGS: DomainSurroundings = {
  longerZone: undefined,
  parentZone: undefined,
  cut: undefined,
  nameServers: undefined,
  recordSets: [],
};

const isBelow = (name: string, zone: string): boolean => name.endsWith(`.${zone}`);
const isWithin = (name: string, zone: string): boolean => name === zone || isBelow(name, zone);

/** Lists a name and its ancestors within a zone, without the zone's own name. */
function namesUpTo(name: string, zone: string): string[] {
  return isBelow(name, zone) ? [name, ...namesUpTo(name.slice(name.indexOf('.') + 1), zone)] : [];
}

async function recordSetsAtNames(
  context: LookContext,
  zoneId: string,
  names: readonly string[],
  zoneIsOurs: boolean,
): Promise<ResourceRecordSet[]> {
  // The look for the record lists our own zones completely.
  if (zoneIsOurs) return (await ifFound(() => sharedRecordSets(context, zoneId))) ?? [];
  const sets = await Promise.all(
    names.map((name) => ifFound(() => recordSetsAt(context, zoneId, name)).then((found) => found ?? [])),
  );
  return sets.flat();
}

async function withNameServers({ aws }: LookContext, zone: NamedZone): Promise<LongerZone | undefined> {
  const nameServers = await ifFound(() => fetchNameServers(aws, zone.hostedZoneId));
  return nameServers && { ...zone, nameServers: nameServers.map(bareName) };
}

/** Returns the NS record sets among some record sets, the one with the shortest name first. */
const nsRecordsIn = (sets: readonly ResourceRecordSet[]): ZoneCut[] =>
  sets
    .filter(({ Type }) => Type === 'NS')
    .map(({ Name, ResourceRecords = [] }) => ({
      name: bareName(Name),
      nameServers: ResourceRecords.map(({ Value }) => bareName(Value)),
    }))
    .sort((one, other) => one.name.length - other.name.length);
