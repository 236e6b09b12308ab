/** Finds the record of the domain in its hosted zone, and our records that are no longer configured. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Ids } from '../model/architecture.ts';
import { namesOfDomain } from '../config/config.ts';
import { only, ONLY, type Items } from '../model/resources.ts';
import { STACK_TAG, type Tags } from '../derive/tags.ts';
import { isOurZone, lookHostedZone, type FoundHostedZone } from './hosted-zone.ts';
import { ifValidId, ifFound } from './if-found.ts';
import {
  bareName,
  firstRecordSets,
  IPV6_RECORD_TYPE,
  occupiesName,
  RECORD_TYPE,
  recordSetAt,
  recordSetsAt,
  sharedRecordSets,
} from './record-sets.ts';
import { recordedResources } from './recorded.ts';
import { indexByKey, type LookContext } from './context.ts';

export interface FoundRecord extends Readonly<Ids['record']> {
  readonly zoneIsOurs: boolean;
  /** The name it is an alias of, normalised; empty when it is not an alias. */
  readonly aliasTo: string;
  readonly aliasZoneId: string;
  readonly evaluateTargetHealth: boolean;
  /** The record set as Route 53 returned it: a delete must repeat it exactly. */
  readonly set: ResourceRecordSet;
  /**
   * Records cannot be tagged. A simple record is ours if it is an alias of a load balancer with our name, or if it is in our
   * zone and its name is configured or recorded.
   */
  readonly tags: Tags;
}

/** Returns the key of the record with the IPv6 addresses of a name. */
export const ipv6RecordKey = (name: string): string => `${name}/${IPV6_RECORD_TYPE}`;

const ipv6SetAt = async (context: LookContext, zoneId: string, name: string) =>
  (await recordSetsAt(context, zoneId, name)).find(({ Type }) => Type === IPV6_RECORD_TYPE);

/** Normalises the name of a load balancer; Route 53 returns such names with or without `dualstack.`. */
export const normalisedAliasName = (name?: string): string => bareName(name).replace(/^dualstack\./, '');

/** A zone to search. */
interface ZoneToSearch {
  readonly hostedZoneId: string;
  readonly zoneIsOurs: boolean;
  /** The names of our records in the zone: the names of the domain, and recorded names. */
  readonly names: readonly string[];
}

/**
 * The record of `domain.name` has the key `ONLY`. Our other records are keyed by name: those that are not in the configuration
 * will be removed. Anyone's record with one of the other configured names is keyed by name as well.
 */
export async function lookRecord(context: LookContext): Promise<Items<FoundRecord>> {
  const zones = await lookHostedZone(context);
  const found = (
    await Promise.all(zonesToSearch(context, zones).map((zone) => lookInZone(context, zone)))
  ).flat();
  const desired = found.find(
    ({ hostedZoneId, recordName, set }) =>
      hostedZoneId === only(zones)?.hostedZoneId &&
      recordName === context.config.domain?.name &&
      set.Type !== IPV6_RECORD_TYPE,
  );
  const otherNames = context.config.domain?.names ?? [];
  return indexByKey(
    found.filter(
      (record) =>
        record === desired ||
        record.tags[STACK_TAG] === context.names.stack ||
        (record.hostedZoneId === only(zones)?.hostedZoneId &&
          (record.set.Type === IPV6_RECORD_TYPE
            ? context.config.ipv6 && [context.config.domain?.name, ...otherNames].includes(record.recordName)
            : otherNames.includes(record.recordName))),
    ),
    (record) =>
      record.set.Type === IPV6_RECORD_TYPE
        ? ipv6RecordKey(record.recordName)
        : record === desired
          ? ONLY
          : record.recordName,
  );
}

/** Fetches a record again; undefined when it no longer exists. */
export async function refetchRecord(
  context: LookContext,
  record: FoundRecord,
): Promise<FoundRecord | undefined> {
  const isIpv6 = record.set.Type === IPV6_RECORD_TYPE;
  const set = await ifFound(() =>
    isIpv6
      ? ipv6SetAt(context, record.hostedZoneId, record.recordName)
      : recordSetAt(context, record.hostedZoneId, record.recordName),
  );
  return set && read(context, { ...record, names: [record.recordName] }, set);
}

/** Lists the zones to search: the zone of the domain, our own zones, and recorded zones. */
function zonesToSearch(context: LookContext, zones: Items<FoundHostedZone>): ZoneToSearch[] {
  const recordedZones = recordedResources(context, 'hostedZone');
  const ownRecords = [
    ...(context.config.domain ? namesOfDomain(context.config.domain) : []).map((recordName) => ({
      hostedZoneId: only(zones)?.hostedZoneId,
      recordName,
    })),
    // If the state contains a record without the id of its zone, the state contains only one zone.
    ...[...recordedResources(context, 'record').values()].map((ids) => ({ ...only(recordedZones), ...ids })),
  ];
  const ids = [...zones.values(), ...recordedZones.values(), ...ownRecords].map(
    ({ hostedZoneId }) => hostedZoneId,
  );
  const ourZoneIds = [...zones.values()]
    .filter((zone) => isOurZone(context, zone))
    .map(({ hostedZoneId }) => hostedZoneId);
  return (
    [...new Set(ids)]
      // An empty id would turn the path of the call into the path of a different call.
      .filter((id): id is string => id !== undefined && id !== '')
      .map((id) => ({
        hostedZoneId: id,
        zoneIsOurs: ourZoneIds.includes(id),
        names: ownRecords.flatMap(({ hostedZoneId, recordName }) =>
          hostedZoneId === id && recordName !== undefined ? [recordName] : [],
        ),
      }))
  );
}

async function lookInZone(context: LookContext, zone: ZoneToSearch): Promise<FoundRecord[]> {
  const sets = (await ifValidId(() => setsIn(context, zone))) ?? [];
  return sets
    .filter((set) => occupiesName(set) || set.Type === IPV6_RECORD_TYPE)
    .map((set) => read(context, zone, set));
}

/**
 * A zone that is ours is listed completely. Any other zone can have ten thousand records, so only our records are fetched from
 * it, by name. If there is no state that contains the names, the first page is fetched as well.
 */
async function setsIn(context: LookContext, { hostedZoneId, zoneIsOurs, names }: ZoneToSearch) {
  if (zoneIsOurs) return sharedRecordSets(context, hostedZoneId);
  const firstPage = context.recorded ? [] : (await firstRecordSets(context, hostedZoneId)).sets;
  const missingNames = names.filter((name) => !firstPage.some((set) => bareName(set.Name) === name));
  const fetched = await Promise.all(
    [...new Set(missingNames)].flatMap((name) => [
      recordSetAt(context, hostedZoneId, name),
      ipv6SetAt(context, hostedZoneId, name),
    ]),
  );
  return [...firstPage, ...fetched.filter((set) => set !== undefined)];
}

function read(context: LookContext, zone: ZoneToSearch, set: ResourceRecordSet): FoundRecord {
  return {
    recordName: bareName(set.Name),
    hostedZoneId: zone.hostedZoneId,
    zoneIsOurs: zone.zoneIsOurs,
    aliasTo: normalisedAliasName(set.AliasTarget?.DNSName),
    aliasZoneId: set.AliasTarget?.HostedZoneId ?? '',
    evaluateTargetHealth: set.AliasTarget?.EvaluateTargetHealth ?? false,
    set,
    tags: tagsOf(context, zone, set),
  };
}

/**
 * Returns a tag with the owner of a record. `FoundRecord.tags` documents the rule. The owner of an alias is the stack that gave the
 * load balancer its name, `<stack>-<digits>.<region>.elb.…`, with `internal-` in front if it is internal. The load balancer itself may no longer exist.
 */
function tagsOf({ config, names }: LookContext, zone: ZoneToSearch, set: ResourceRecordSet): Tags {
  if (set.SetIdentifier !== undefined || (set.Type !== RECORD_TYPE && set.Type !== IPV6_RECORD_TYPE))
    return {};
  if (set.Type === RECORD_TYPE && zone.zoneIsOurs && zone.names.includes(bareName(set.Name)))
    return { [STACK_TAG]: names.stack };
  const balancer = new RegExp(`^(?:internal-)?(${config.name}-[a-z0-9]+)-\\d+\\.${config.region}\\.elb\\.`);
  const [, stack] = balancer.exec(normalisedAliasName(set.AliasTarget?.DNSName)) ?? [];
  return stack === undefined ? {} : { [STACK_TAG]: stack };
}
