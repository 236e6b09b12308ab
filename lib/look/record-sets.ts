/** Lists the record sets of a hosted zone: all of them, those on the first page, or the one with a given name. */
import {
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsRequest,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import type { Aws } from '../aws/clients.ts';
import { allPages } from '../aws/pages.ts';

export const RECORD_TYPE = 'A';

/** Normalises a name that Route 53 returned: lower case, without the trailing dot. */
export const bareName = (name = ''): string => name.toLowerCase().replace(/\.$/, '');

/**
 * Fetches one page of record sets, sorted by name. By default, it fetches the first 300.
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
 */
const fetchPage = (aws: Aws, HostedZoneId: string, options: Partial<ListResourceRecordSetsRequest> = {}) =>
  aws.route53(new ListResourceRecordSetsCommand({ HostedZoneId, ...options }));

/** Lists all record sets of a zone. */
export function allRecordSets(aws: Aws, zoneId: string): Promise<ResourceRecordSet[]> {
  let start: Partial<ListResourceRecordSetsRequest> = {};
  return allPages(async () => {
    const { ResourceRecordSets = [], IsTruncated, ...next } = await fetchPage(aws, zoneId, start);
    start = {
      StartRecordName: next.NextRecordName,
      StartRecordType: next.NextRecordType,
      StartRecordIdentifier: next.NextRecordIdentifier,
    };
    return { items: ResourceRecordSets, next: IsTruncated ? next.NextRecordName : undefined };
  });
}

/** Lists the record sets on the first page. */
export const firstRecordSets = async (aws: Aws, zoneId: string): Promise<ResourceRecordSet[]> =>
  (await fetchPage(aws, zoneId)).ResourceRecordSets ?? [];

/** Whether a record set of the same name prevents our record: a name that has a CNAME can have no other records. */
export const occupiesName = ({ Type }: ResourceRecordSet): boolean =>
  Type === RECORD_TYPE || Type === 'CNAME';

/** Fetches the A record or the CNAME of a name; undefined when there is neither. */
export async function recordSetAt(
  aws: Aws,
  zoneId: string,
  name: string,
): Promise<ResourceRecordSet | undefined> {
  const start = { StartRecordName: name, StartRecordType: RECORD_TYPE, MaxItems: 1 } as const;
  const { ResourceRecordSets: [set] = [] } = await fetchPage(aws, zoneId, start);
  // The list starts at the name, but does not filter by it.
  return set && bareName(set.Name) === name && occupiesName(set) ? set : undefined;
}
