/** Finds what else decides where the domain leads: other zones of the account, delegations, and other records at its name. */
import { GetHostedZoneCommand, type ResourceRecordSet } from '@aws-sdk/client-route-53';
import { only } from '../model/resources.ts';
import type { LookContext } from './context.ts';
import { idOfZone, isOurZone, listZones, lookHostedZone, nameOfZone } from './hosted-zone.ts';
import { ifFound } from './if-found.ts';
import { bareName, recordSetsAt, sharedRecordSets } from './record-sets.ts';

export interface ZoneName {
  /** Without the trailing dot. */
  readonly name: string;
  readonly hostedZoneId: string;
}

/** A public zone of the account that lies within the configured zone and contains the domain. */
export interface LongerZone extends ZoneName {
  readonly nameServers: readonly string[];
}

/** An NS record of the configured zone that leads resolvers to other servers. */
export interface ZoneCut {
  readonly name: string;
  readonly nameServers: readonly string[];
}

/** The surroundings of the domain in DNS. Zones that the plan removes do not count. */
export interface DomainSurroundings {
  /** The zone with the longest name of its kind. */
  readonly longerZone: LongerZone | undefined;
  /** The zone of the account that contains the configured zone; the innermost one. */
  readonly parentZone: ZoneName | undefined;
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
  const [ours, listed] = await Promise.all([lookHostedZone(context), listZones(context)]);
  // All zones of the look except that of the domain belong to the stack without being configured, so they will be removed.
  const known = new Set([...ours.values()].map(({ hostedZoneId }) => hostedZoneId));
  const others = listed
    .filter((zone) => !zone.Config?.PrivateZone && !known.has(idOfZone(zone)))
    .map((zone) => ({ name: nameOfZone(zone), hostedZoneId: idOfZone(zone) }))
    .sort((one, other) => other.name.length - one.name.length);
  const longer = others.find(({ name }) => isBelow(name, domain.zone) && isWithin(domain.name, name));
  const zone = only(ours);
  const names = namesUpTo(domain.name, domain.zone);
  const zoneIsOurs = zone !== undefined && isOurZone(context, zone);
  const [longerZone, sets] = await Promise.all([
    longer && withNameServers(context, longer),
    zone
      ? recordSetsAtAll(context, zone.hostedZoneId, [...new Set([domain.name, ...names])], zoneIsOurs)
      : [],
  ]);
  return {
    longerZone,
    parentZone: others.find(({ name }) => isBelow(domain.zone, name)),
    cut: outermostCut(sets.filter(({ Name }) => names.includes(bareName(Name)))),
    nameServers: zoneIsOurs ? serversAt(domain.zone, sets) : undefined,
    recordSets: sets.filter(({ Name }) => bareName(Name) === domain.name),
  };
}

const isBelow = (name: string, zone: string): boolean => name.endsWith(`.${zone}`);
const isWithin = (name: string, zone: string): boolean => name === zone || isBelow(name, zone);

/** Lists a name and its ancestors within a zone, without the zone's own name. */
function namesUpTo(name: string, zone: string): string[] {
  return isBelow(name, zone) ? [name, ...namesUpTo(name.slice(name.indexOf('.') + 1), zone)] : [];
}

async function recordSetsAtAll(
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

async function withNameServers({ aws }: LookContext, zone: ZoneName): Promise<LongerZone | undefined> {
  const response = await ifFound(() => aws.route53(new GetHostedZoneCommand({ Id: zone.hostedZoneId })));
  return response && { ...zone, nameServers: (response.DelegationSet?.NameServers ?? []).map(bareName) };
}

/** Returns the name servers in the NS record set of a name; undefined when there is none. */
const serversAt = (name: string, sets: readonly ResourceRecordSet[]): string[] | undefined =>
  sets
    .find((set) => set.Type === 'NS' && bareName(set.Name) === name)
    ?.ResourceRecords?.map(({ Value }) => bareName(Value));

function outermostCut(sets: readonly ResourceRecordSet[]): ZoneCut | undefined {
  const [outermost] = sets
    .filter(({ Type }) => Type === 'NS')
    .map(({ Name, ResourceRecords = [] }) => ({
      name: bareName(Name),
      nameServers: ResourceRecords.map(({ Value }) => bareName(Value)),
    }))
    .sort((one, other) => one.name.length - other.name.length);
  return outermost;
}
