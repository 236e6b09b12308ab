/** Lists the record sets of a hosted zone: all, the first page, or those of one name. */
import {
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsRequest,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import type { Aws } from '../aws/clients.ts';
import { allPages } from '../aws/pages.ts';

export const RECORD_TYPE = 'A';

/** Route 53 shows names in lower case with a dot at the end. */
export const bareName = (name = ''): string => name.toLowerCase().replace(/\.$/, '');

/**
 * One page, of 300 unless told otherwise, in the order of names from a start on.
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
 */
const page = (aws: Aws, HostedZoneId: string, more: Partial<ListResourceRecordSetsRequest> = {}) =>
  aws.route53(new ListResourceRecordSetsCommand({ HostedZoneId, ...more }));

export function allRecordSets(aws: Aws, zoneId: string): Promise<ResourceRecordSet[]> {
  let start: Partial<ListResourceRecordSetsRequest> = {};
  return allPages(async () => {
    const { ResourceRecordSets = [], IsTruncated, ...next } = await page(aws, zoneId, start);
    start = {
      StartRecordName: next.NextRecordName,
      StartRecordType: next.NextRecordType,
      StartRecordIdentifier: next.NextRecordIdentifier,
    };
    return { items: ResourceRecordSets, next: IsTruncated ? next.NextRecordName : undefined };
  });
}

export const firstRecordSets = async (aws: Aws, zoneId: string): Promise<ResourceRecordSet[]> =>
  (await page(aws, zoneId)).ResourceRecordSets ?? [];

/** Whether it is of a type that can stand in the way: where a CNAME is, no other record can be made. */
export const occupiesName = ({ Type }: ResourceRecordSet): boolean =>
  Type === RECORD_TYPE || Type === 'CNAME';

/** The A record of a name, or the CNAME. */
export async function recordSetAt(
  aws: Aws,
  zoneId: string,
  name: string,
): Promise<ResourceRecordSet | undefined> {
  const start = { StartRecordName: name, StartRecordType: RECORD_TYPE, MaxItems: 1 } as const;
  const { ResourceRecordSets: [set] = [] } = await page(aws, zoneId, start);
  // The list starts at the name, it does not filter.
  return set && bareName(set.Name) === name && occupiesName(set) ? set : undefined;
}
