/** Finds what else affects how the domain is resolved: other zones of the account, delegations, and other records with its name. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { namesOfDomain } from '../config/config.ts';
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
  /** The first name of the stack that a longer zone or a delegation affects; without one, the name of the domain. */
  readonly name?: string;
  /** If the account has several longer zones, the one with the longest name. */
  readonly longerZone: LongerZone | undefined;
  /** The innermost zone of the account that contains the configured zone. */
  readonly parentZone: NamedZone | undefined;
  /** The outermost delegation that contains the domain. */
  readonly cut: ZoneCut | undefined;
  /** The name servers of the configured zone; undefined unless the stack already owns it. */
  readonly nameServers: readonly string[] | undefined;
  /** The record sets at the names of the stack, of any type. */
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
  const names = namesOfDomain(domain);
  const zoneIsOurs = zone !== undefined && isOurZone(context, zone);
  const longerOf = (name: string): NamedZone | undefined =>
    otherZones.find((other) => isBelow(other.name, zoneName) && isWithin(parentOfWildcard(name), other.name));
  const relevantNames = [...new Set(names.flatMap((name) => [name, ...namesUpTo(name, zoneName)]))];
  const sets = zone ? await recordSetsAtNames(context, zone.hostedZoneId, relevantNames, zoneIsOurs) : [];
  const nsRecords = nsRecordsIn(sets);
  const cutOf = (name: string): ZoneCut | undefined => {
    const above = namesUpTo(parentOfWildcard(name), zoneName);
    return nsRecords.find((cut) => above.includes(cut.name));
  };
  const name = names.find((one) => cutOf(one) ?? longerOf(one)) ?? domain.name;
  const longer = longerOf(name);
  return {
    longerZone: longer && (await withNameServers(context, longer)),
    zone: zoneName,
    name,
    parentZone: otherZones.find((other) => isBelow(zoneName, other.name)),
    cut: cutOf(name),
    nameServers: zoneIsOurs ? nsRecords.find((record) => record.name === zoneName)?.nameServers : undefined,
    recordSets: sets.filter(({ Name }) => names.includes(bareName(Name))),
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

/** Returns the name whose zone a wildcard belongs to; any other name as it is. */
const parentOfWildcard = (name: string): string => name.replace(/^\*\./, '');

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
