/** The tables of Route 53, which the whole account shares. */
import type * as Route53 from '@aws-sdk/client-route-53';
import type { ChangeInfo, HostedZone, ResourceRecordSet, Tag } from '@aws-sdk/client-route-53';
import type { OperationName } from '../../operations.ts';
import { BOOKKEEPING, Table, type Kind } from '../../world/table.ts';
import type { Findable } from '../finder.ts';
import { noSuchChange, noSuchHostedZone } from './errors.ts';
import { bare } from './ids.ts';

type ListOperation = OperationName<typeof Route53>;

/** A record set as Route 53 stores it: its name in lower case, escaped, and with a trailing dot. */
export interface RecordRow extends ResourceRecordSet {
  Name: string;
  Type: NonNullable<ResourceRecordSet['Type']>;
}
export interface HostedZoneRow extends HostedZone {
  /** Without the `/hostedzone/` prefix. */
  Id: string;
  /** With a trailing dot. */
  Name: string;
  CallerReference: string;
  tags: Tag[];
  nameServers: string[];
  records: RecordRow[];
}
/** A name in AWS's zone for load balancers, which exists as long as its load balancer. */
export interface BalancerNameRow {
  loadBalancerArn: string;
}

export const route53Store = () => ({
  zones: new Table<HostedZoneRow, Kind & Findable>({
    isCounted: () => true,
    lag: { listedBy: ['ListHostedZones', 'ListHostedZonesByName'] satisfies ListOperation[] },
    keyOf: bare,
    notFound: (id) => noSuchHostedZone(bare(id)),
  }),
  /** Every caller reference that created a zone, including those of deleted zones. */
  callerReferences: new Table<{ zoneId: string }>(BOOKKEEPING),
  /** By id without the `/change/` prefix. */
  changes: new Table<ChangeInfo, Kind & Findable>({
    isCounted: () => false,
    lag: { listedBy: [] },
    keyOf: bare,
    notFound: (id) => noSuchChange(bare(id)),
  }),
  /** The load balancers of all regions, which aliases can target, by DNS name in lower case with a trailing dot. */
  balancerNames: new Table<BalancerNameRow>(BOOKKEEPING),
});
export type Route53Store = ReturnType<typeof route53Store>;
