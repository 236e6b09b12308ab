/** Lists the record sets of a hosted zone: all of them, those on the first page, or those with a given name. */
import {
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsRequest,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import type { Aws } from '../aws/clients.ts';
import { allPages } from '../aws/pages.ts';
import type { LookContext } from './context.ts';

export const RECORD_TYPE = 'A';
export const IPV6_RECORD_TYPE = 'AAAA';

/** Normalises a name that Route 53 returned: lower case, without the trailing dot, and with `*` for its escape. */
export const bareName = (name = ''): string =>
  name
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\\052\./, '*.');

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

/** Lists all record sets of a zone once per survey. */
export const sharedRecordSets = (context: LookContext, zoneId: string): Promise<ResourceRecordSet[]> =>
  context.shared(`record sets of ${zoneId}`, () => allRecordSets(context.aws, zoneId));

/** The record sets on the first page of a zone. */
interface FirstPage {
  readonly sets: readonly ResourceRecordSet[];
  /** Whether the zone has no more record sets. */
  readonly isComplete: boolean;
}

/** Lists the record sets on the first page, once per survey. */
export const firstRecordSets = (context: LookContext, zoneId: string): Promise<FirstPage> =>
  context.shared(`first record sets of ${zoneId}`, async () => {
    const { ResourceRecordSets: sets = [], IsTruncated = false } = await fetchPage(context.aws, zoneId);
    return { sets, isComplete: !IsTruncated };
  });

/** Whether a record set leaves no room for our record at the same name: it is an A record, too, or a CNAME, which allows no other record. */
export const occupiesName = ({ Type }: ResourceRecordSet): boolean =>
  Type === RECORD_TYPE || Type === 'CNAME';

/** The maximum number of record sets that are read at one name. */
const MAX_AT_NAME = 100;

/**
 * Fetches the record sets of a name, of every type, once per survey. Without a state, the first page is listed anyway, and
 * may contain the whole zone.
 */
export function recordSetsAt(
  context: LookContext,
  zoneId: string,
  name: string,
): Promise<ResourceRecordSet[]> {
  const isAtName = ({ Name }: ResourceRecordSet) => bareName(Name) === name;
  return context.shared(`record sets of ${zoneId} at ${name}`, async () => {
    if (!context.recorded) {
      const { sets, isComplete } = await firstRecordSets(context, zoneId);
      if (isComplete) return sets.filter(isAtName);
    }
    return fetchRecordSetsAt(context.aws, zoneId, name);
  });
}

/** Fetches the record sets of a name, of every type. */
export async function fetchRecordSetsAt(
  aws: Aws,
  zoneId: string,
  name: string,
): Promise<ResourceRecordSet[]> {
  const start = { StartRecordName: name, MaxItems: MAX_AT_NAME };
  const { ResourceRecordSets: sets = [] } = await fetchPage(aws, zoneId, start);
  // The list starts at the name, but does not filter by it.
  return sets.filter(({ Name }) => bareName(Name) === name);
}

/** Fetches the A record or the CNAME of a name; undefined when there is neither. */
export const recordSetAt = async (
  context: LookContext,
  zoneId: string,
  name: string,
): Promise<ResourceRecordSet | undefined> => (await recordSetsAt(context, zoneId, name)).find(occupiesName);
