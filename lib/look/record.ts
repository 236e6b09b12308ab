/** Finds the record of the domain in its hosted zone, and records of ours that the domain no longer names. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Ids } from '../model/architecture.ts';
import { only, ONLY, type Items } from '../model/resources.ts';
import { STACK_TAG, type Tags } from '../derive/tags.ts';
import { isOurZone, lookHostedZone, type FoundHostedZone } from './hosted-zone.ts';
import { ifValidId, ifFound } from './if-found.ts';
import {
  allRecordSets,
  bareName,
  firstRecordSets,
  occupiesName,
  RECORD_TYPE,
  recordSetAt,
} from './record-sets.ts';
import { recordedResources } from './recorded.ts';
import { indexByKey, type LookContext } from './context.ts';

export interface FoundRecord extends Readonly<Ids['record']> {
  readonly zoneIsOurs: boolean;
  /** The name it is an alias of, normalised; empty when it is no alias. */
  readonly aliasTo: string;
  readonly aliasZoneId: string;
  readonly evaluateTargetHealth: boolean;
  /** As Route 53 holds it: a delete must name it exactly. */
  readonly set: ResourceRecordSet;
  /**
   * Records cannot be tagged: a simple one is ours when it leads to a load balancer of our name, and, in a zone of ours,
   * when it has a name that we gave.
   */
  readonly tags: Tags;
}

/** The name of a load balancer as Route 53 shows it, with or without `dualstack.`. */
export const normalisedAliasName = (name?: string): string => bareName(name).replace(/^dualstack\./, '');

/** A zone to look in. */
interface ZoneToSearch {
  readonly hostedZoneId: string;
  readonly zoneIsOurs: boolean;
  /** The names that we gave in it: that of the domain, and recorded ones. */
  readonly names: readonly string[];
}

/**
 * The record of the domain has the key of the only one. Others of ours have their names for keys: the configuration
 * does not have them, so they will be removed.
 */
export async function lookRecord(context: LookContext): Promise<Items<FoundRecord>> {
  const zones = await lookHostedZone(context);
  const found = (
    await Promise.all(zonesToSearch(context, zones).map((place) => lookInZone(context, place)))
  ).flat();
  const wanted = found.find(
    ({ hostedZoneId, recordName }) =>
      hostedZoneId === only(zones)?.hostedZoneId && recordName === context.config.domain?.name,
  );
  return indexByKey(
    found.filter((record) => record === wanted || record.tags[STACK_TAG] === context.names.stack),
    (record) => (record === wanted ? ONLY : record.recordName),
  );
}

/** A record as it is now; undefined when it is gone. */
export async function refetchRecord(
  context: LookContext,
  was: FoundRecord,
): Promise<FoundRecord | undefined> {
  const set = await ifFound(() => recordSetAt(context.aws, was.hostedZoneId, was.recordName));
  return set && read(context, { ...was, names: [was.recordName] }, set);
}

/** The zone of the domain, zones of ours, and those that the state remembers. */
function zonesToSearch(context: LookContext, zones: Items<FoundHostedZone>): ZoneToSearch[] {
  const recordedZones = recordedResources(context, 'hostedZone');
  const given = [
    { hostedZoneId: only(zones)?.hostedZoneId, recordName: context.config.domain?.name },
    // A state that does not tell the zone of a record has one zone.
    ...[...recordedResources(context, 'record').values()].map((ids) => ({ ...only(recordedZones), ...ids })),
  ];
  const ids = [...zones.values(), ...recordedZones.values(), ...given].map(
    ({ hostedZoneId }) => hostedZoneId,
  );
  const ours = [...zones.values()]
    .filter((zone) => isOurZone(context, zone))
    .map(({ hostedZoneId }) => hostedZoneId);
  return (
    [...new Set(ids)]
      // An empty one would be asked for nowhere: the path of the call would be another call's.
      .filter((id): id is string => id !== undefined && id !== '')
      .map((id) => ({
        hostedZoneId: id,
        zoneIsOurs: ours.includes(id),
        names: given.flatMap(({ hostedZoneId, recordName }) =>
          hostedZoneId === id && recordName !== undefined ? [recordName] : [],
        ),
      }))
  );
}

async function lookInZone(context: LookContext, place: ZoneToSearch): Promise<FoundRecord[]> {
  const sets = (await ifValidId(() => setsIn(context, place))) ?? [];
  return sets.filter(occupiesName).map((set) => read(context, place, set));
}

/**
 * A zone of ours is read to its end. One of the account can have ten thousand records: there, the names that we gave
 * are asked for, and the first page is read only when there is no state to tell them.
 */
async function setsIn({ aws, recorded }: LookContext, { hostedZoneId, zoneIsOurs, names }: ZoneToSearch) {
  if (zoneIsOurs) return allRecordSets(aws, hostedZoneId);
  const first = recorded ? [] : await firstRecordSets(aws, hostedZoneId);
  const unseen = names.filter((name) => !first.some((set) => bareName(set.Name) === name));
  const asked = await Promise.all([...new Set(unseen)].map((name) => recordSetAt(aws, hostedZoneId, name)));
  return [...first, ...asked.filter((set) => set !== undefined)];
}

function read(context: LookContext, place: ZoneToSearch, set: ResourceRecordSet): FoundRecord {
  return {
    recordName: bareName(set.Name),
    hostedZoneId: place.hostedZoneId,
    zoneIsOurs: place.zoneIsOurs,
    aliasTo: normalisedAliasName(set.AliasTarget?.DNSName),
    aliasZoneId: set.AliasTarget?.HostedZoneId ?? '',
    evaluateTargetHealth: set.AliasTarget?.EvaluateTargetHealth ?? false,
    set,
    tags: isOurs(context, place, set) ? { [STACK_TAG]: context.names.stack } : {},
  };
}

/** An alias of `<name>-<digits>.<region>.elb.…` is recognised when that load balancer itself is gone, too. */
function isOurs({ config, names }: LookContext, place: ZoneToSearch, set: ResourceRecordSet): boolean {
  if (set.Type !== RECORD_TYPE || set.SetIdentifier !== undefined) return false;
  const balancer = new RegExp(`^${names.loadBalancer}-\\d+\\.${config.region}\\.elb\\.`);
  const isGiven = place.zoneIsOurs && place.names.includes(bareName(set.Name));
  return isGiven || balancer.test(normalisedAliasName(set.AliasTarget?.DNSName));
}
