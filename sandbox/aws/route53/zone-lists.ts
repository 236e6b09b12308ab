/** The lists of hosted zones: all zones in order of id, or the zones in order of name, starting at a given name. */
import type * as Route53 from '@aws-sdk/client-route-53';
import type { Operations } from '../../operations.ts';
import { invalidInput, notInEnumeration } from './errors.ts';
import { withoutPrefix } from './ids.ts';
import { compareNames, normalName } from './names.ts';
import { firstPage } from './paging.ts';
import { viewOf } from './zones.ts';

const MAX_PAGE_SIZE = 100;

export const zoneListOperations = {
  ListHostedZones: {
    inputMembers: ['Marker', 'MaxItems', 'HostedZoneType'],
    run({ Marker, MaxItems: requested, HostedZoneType }, region) {
      if (HostedZoneType !== undefined && HostedZoneType !== 'PrivateHostedZone') {
        throw notInEnumeration(HostedZoneType, ['PrivateHostedZone']);
      }
      // AWS does not document the order of this list. The sandbox sorts zones by id, so that a marker stays valid even after the
      // zone that it names is deleted.
      const zones = region.route53.zones
        .filter(({ Id }) => HostedZoneType === undefined && Id >= withoutPrefix(Marker))
        .sort((one, other) => (one.Id < other.Id ? -1 : 1));
      const { page, next, IsTruncated, MaxItems } = firstPage(zones, requested, MAX_PAGE_SIZE);
      return { HostedZones: page.map(viewOf), Marker, IsTruncated, NextMarker: next?.Id, MaxItems };
    },
  },

  /**
   * Lists zones in order of name, starting at a given name. It is not a search: the first zone may have a different name.
   * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByName.html
   */
  ListHostedZonesByName: {
    inputMembers: ['DNSName', 'HostedZoneId', 'MaxItems'],
    run({ DNSName, HostedZoneId, MaxItems: requested }, region) {
      if (HostedZoneId !== undefined && DNSName === undefined) {
        throw invalidInput('A hosted zone ID can be specified only together with a DNS name');
      }
      const start = { Name: normalName(DNSName ?? '.'), Id: withoutPrefix(HostedZoneId) };
      const compare = (one: typeof start, other: typeof start) =>
        compareNames(one.Name, other.Name) || (one.Id < other.Id ? -1 : Number(one.Id > other.Id));
      const zones = region.route53.zones.filter((zone) => compare(zone, start) >= 0).sort(compare);
      const { page, next, IsTruncated, MaxItems } = firstPage(zones, requested, MAX_PAGE_SIZE);
      return {
        HostedZones: page.map(viewOf),
        DNSName,
        HostedZoneId,
        IsTruncated,
        NextDNSName: next?.Name,
        NextHostedZoneId: next?.Id,
        MaxItems,
      };
    },
  },
} satisfies Operations<typeof Route53>;
