/** The lists of hosted zones: all of them, and by name from a name on. */
import type * as Route53 from '@aws-sdk/client-route-53';
import type { Operations } from '../../operations.ts';
import { invalidInput, notInEnumeration } from './errors.ts';
import { bare } from './ids.ts';
import { compareNames, normalName } from './names.ts';
import { firstOf } from './paging.ts';
import { shown } from './zones.ts';

const MOST = 100;

export const zoneListOperations = {
  ListHostedZones: {
    takes: ['Marker', 'MaxItems', 'HostedZoneType'],
    run({ Marker, MaxItems: asked, HostedZoneType }, region) {
      if (HostedZoneType !== undefined && HostedZoneType !== 'PrivateHostedZone') {
        throw notInEnumeration(HostedZoneType, ['PrivateHostedZone']);
      }
      // The order of this list is AWS's own affair; by id, a marker holds even when its zone is gone.
      const zones = region.route53.zones
        .filter(({ Id }) => HostedZoneType === undefined && Id >= bare(Marker))
        .sort((one, other) => (one.Id < other.Id ? -1 : 1));
      const { page, next, IsTruncated, MaxItems } = firstOf(zones, asked, MOST);
      return { HostedZones: page.map(shown), Marker, IsTruncated, NextMarker: next?.Id, MaxItems };
    },
  },

  /**
   * A scan in the order of names that starts at a name, not a search for it: the first zone may be another's.
   * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByName.html
   */
  ListHostedZonesByName: {
    takes: ['DNSName', 'HostedZoneId', 'MaxItems'],
    run({ DNSName, HostedZoneId, MaxItems: asked }, region) {
      if (HostedZoneId !== undefined && DNSName === undefined) {
        throw invalidInput('A hosted zone ID can be specified only together with a DNS name');
      }
      const start = { Name: normalName(DNSName ?? '.'), Id: bare(HostedZoneId) };
      const order = (one: typeof start, other: typeof start) =>
        compareNames(one.Name, other.Name) || (one.Id < other.Id ? -1 : Number(one.Id > other.Id));
      const zones = region.route53.zones.filter((zone) => order(zone, start) >= 0).sort(order);
      const { page, next, IsTruncated, MaxItems } = firstOf(zones, asked, MOST);
      return {
        HostedZones: page.map(shown),
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
