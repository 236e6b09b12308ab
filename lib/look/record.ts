/** Finds the record of the domain in its hosted zone, and records of ours that the domain no longer names. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { only, ONLY, type Ids, type Items } from '../model/resources.ts';
import { STACK_TAG, type Tags } from '../derive/tags.ts';
import { isOurZone, lookHostedZone, type FoundHostedZone } from './hosted-zone.ts';
import { ifKnown, ifThere } from './if-found.ts';
import { allSets, bareName, firstSets, isInPlace, RECORD_TYPE, setAt } from './record-sets.ts';
import { recordedOf } from './recorded.ts';
import { byKey, type See } from './context.ts';

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
export const normalName = (name?: string): string => bareName(name).replace(/^dualstack\./, '');

/** A zone to look in. */
interface Place {
  readonly hostedZoneId: string;
  readonly zoneIsOurs: boolean;
  /** The names that we gave in it: that of the domain, and recorded ones. */
  readonly names: readonly string[];
}

/**
 * The record of the domain has the key of the only one. Others of ours have their names for keys: the configuration
 * does not have them, so they will be removed.
 */
export async function lookRecord(see: See): Promise<Items<FoundRecord>> {
  const zones = await lookHostedZone(see);
  const found = (await Promise.all(placesOf(see, zones).map((place) => lookIn(see, place)))).flat();
  const wanted = found.find(
    ({ hostedZoneId, recordName }) =>
      hostedZoneId === only(zones)?.hostedZoneId && recordName === see.config.domain?.name,
  );
  return byKey(
    found.filter((record) => record === wanted || record.tags[STACK_TAG] === see.names.stack),
    (record) => (record === wanted ? ONLY : record.recordName),
  );
}

/** A record as it is now; undefined when it is gone. */
export async function lookAgain(see: See, was: FoundRecord): Promise<FoundRecord | undefined> {
  const set = await ifThere(() => setAt(see.aws, was.hostedZoneId, was.recordName));
  return set && read(see, { ...was, names: [was.recordName] }, set);
}

/** The zone of the domain, zones of ours, and those that the state remembers. */
function placesOf(see: See, zones: Items<FoundHostedZone>): Place[] {
  const recordedZones = recordedOf(see, 'hostedZone');
  const given = [
    { hostedZoneId: only(zones)?.hostedZoneId, recordName: see.config.domain?.name },
    // A state that does not tell the zone of a record has one zone.
    ...[...recordedOf(see, 'record').values()].map((ids) => ({ ...only(recordedZones), ...ids })),
  ];
  const ids = [...zones.values(), ...recordedZones.values(), ...given].map(
    ({ hostedZoneId }) => hostedZoneId,
  );
  const ours = [...zones.values()]
    .filter((zone) => isOurZone(see, zone))
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

async function lookIn(see: See, place: Place): Promise<FoundRecord[]> {
  const sets = (await ifKnown(() => setsIn(see, place))) ?? [];
  return sets.filter(isInPlace).map((set) => read(see, place, set));
}

/**
 * A zone of ours is read to its end. One of the account can have ten thousand records: there, the names that we gave
 * are asked for, and the first page is read only when there is no state to tell them.
 */
async function setsIn({ aws, recorded }: See, { hostedZoneId, zoneIsOurs, names }: Place) {
  if (zoneIsOurs) return allSets(aws, hostedZoneId);
  const first = recorded ? [] : await firstSets(aws, hostedZoneId);
  const unseen = names.filter((name) => !first.some((set) => bareName(set.Name) === name));
  const asked = await Promise.all([...new Set(unseen)].map((name) => setAt(aws, hostedZoneId, name)));
  return [...first, ...asked.filter((set) => set !== undefined)];
}

function read(see: See, place: Place, set: ResourceRecordSet): FoundRecord {
  return {
    recordName: bareName(set.Name),
    hostedZoneId: place.hostedZoneId,
    zoneIsOurs: place.zoneIsOurs,
    aliasTo: normalName(set.AliasTarget?.DNSName),
    aliasZoneId: set.AliasTarget?.HostedZoneId ?? '',
    evaluateTargetHealth: set.AliasTarget?.EvaluateTargetHealth ?? false,
    set,
    tags: isOurs(see, place, set) ? { [STACK_TAG]: see.names.stack } : {},
  };
}

/** An alias of `<name>-<digits>.<region>.elb.…` is recognised when that load balancer itself is gone, too. */
function isOurs({ config, names }: See, place: Place, set: ResourceRecordSet): boolean {
  if (set.Type !== RECORD_TYPE || set.SetIdentifier !== undefined) return false;
  const balancer = new RegExp(`^${names.loadBalancer}-\\d+\\.${config.region}\\.elb\\.`);
  const isGiven = place.zoneIsOurs && place.names.includes(bareName(set.Name));
  return isGiven || balancer.test(normalName(set.AliasTarget?.DNSName));
}
