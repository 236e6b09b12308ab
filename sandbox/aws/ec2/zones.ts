/** Availability zones and regions: every region of the sandbox has three zones. */
import type * as EC2 from '@aws-sdk/client-ec2';
import type { AvailabilityZone } from '@aws-sdk/client-ec2';
import type { Operations } from '../../operations.ts';
import { ownProperty } from '../../own-property.ts';
import type { Region } from '../../world/region.ts';
import { invalidParameter } from './errors.ts';
import { filtered, type FilterTable } from './filters.ts';

const ABBREVIATIONS: Readonly<Record<string, string>> = {
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  central: 'c',
  northeast: 'ne',
  northwest: 'nw',
  southeast: 'se',
  southwest: 'sw',
  gov: 'g',
};

/** Returns the abbreviation of a region in zone ids: `euw1` for `eu-west-1`. */
const zoneIdPrefix = (region: string): string =>
  region
    .split('-')
    .map((part) => ownProperty(ABBREVIATIONS, part) ?? part)
    .join('');

export interface Zone {
  /** E.g. `eu-west-1a`. */
  readonly name: string;
  /** E.g. `euw1-az1`. */
  readonly id: string;
}

/** Returns a region's zones, such as `eu-west-1a` with the id `euw1-az1`. In AWS, accounts differ in which name has which id. */
export const zonesOf = ({ name }: Region): Zone[] =>
  ['a', 'b', 'c'].map((letter, i) => ({ name: `${name}${letter}`, id: `${zoneIdPrefix(name)}-az${i + 1}` }));

const zoneDescriptions = (region: Region): AvailabilityZone[] =>
  zonesOf(region).map(({ name, id }) => ({
    ZoneName: name,
    ZoneId: id,
    ZoneType: 'availability-zone',
    RegionName: region.name,
    State: 'available',
    OptInStatus: 'opt-in-not-required',
    GroupName: `${region.name}-zg-1`,
    NetworkBorderGroup: region.name,
    Messages: [],
  }));

const filters: FilterTable<AvailabilityZone & { Tags?: undefined }> = {
  'group-name': (zone) => zone.GroupName,
  message: () => undefined,
  'opt-in-status': (zone) => zone.OptInStatus,
  'parent-zone-id': () => undefined,
  'parent-zone-name': () => undefined,
  'region-name': (zone) => zone.RegionName,
  state: (zone) => zone.State,
  'zone-id': (zone) => zone.ZoneId,
  'zone-name': (zone) => zone.ZoneName,
  'zone-type': (zone) => zone.ZoneType,
};

const regionFilters: FilterTable<EC2.Region & { Tags?: undefined }> = {
  endpoint: ({ Endpoint }) => Endpoint,
  'opt-in-status': ({ OptInStatus }) => OptInStatus,
  'region-name': ({ RegionName }) => RegionName,
};

/** @throws InvalidParameterValue for a name that is not in `known` */
function checkNames(kind: string, names: string[] | undefined, known: (string | undefined)[]): void {
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalidParameter(`Invalid ${kind}: [${unknown}]`);
}

const isRequested = (names: string[] | undefined, name: string | undefined): boolean =>
  !names?.length || names.includes(name ?? '');

export const zoneOperations = {
  /** `AllAvailabilityZones` has no effect: no zone requires an opt-in. */
  DescribeAvailabilityZones: {
    inputMembers: ['ZoneNames', 'ZoneIds', 'Filters', 'AllAvailabilityZones'],
    run({ ZoneNames, ZoneIds, Filters }, region) {
      const zones = zoneDescriptions(region);
      const names = zones.map(({ ZoneName }) => ZoneName);
      const ids = zones.map(({ ZoneId }) => ZoneId);
      checkNames('availability zone', ZoneNames, names);
      checkNames('availability zone-id', ZoneIds, ids);
      const chosen = zones.filter(
        ({ ZoneName, ZoneId }) => isRequested(ZoneNames, ZoneName) && isRequested(ZoneIds, ZoneId),
      );
      return { AvailabilityZones: filtered(chosen, Filters, filters) };
    },
  },

  /** Lists the regions of the partition, and the region that receives the call. */
  DescribeRegions: {
    inputMembers: ['RegionNames', 'Filters', 'AllRegions'],
    run({ RegionNames, Filters }, { name, partition }) {
      const all = [...new Set([...partition.regions, name])].map((RegionName) => ({
        RegionName,
        Endpoint: `ec2.${RegionName}.${partition.dnsSuffix}`,
        OptInStatus: 'opt-in-not-required',
      }));
      checkNames(
        'region name',
        RegionNames,
        all.map(({ RegionName }) => RegionName),
      );
      const chosen = all.filter(({ RegionName }) => isRequested(RegionNames, RegionName));
      return { Regions: filtered(chosen, Filters, regionFilters) };
    },
  },
} satisfies Operations<typeof EC2>;
