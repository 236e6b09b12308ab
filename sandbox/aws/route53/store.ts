/** The tables of Route 53, which the whole account shares. */
import type * as Route53 from '@aws-sdk/client-route-53';
import type { ChangeInfo, HostedZone, ResourceRecordSet, Tag } from '@aws-sdk/client-route-53';
import type { OperationName } from '../../operations.ts';
import { BOOKKEEPING, Table, type Kind } from '../../world/table.ts';
import type { Findable } from '../finder.ts';
import { noSuchChange, noSuchHostedZone } from './errors.ts';
import { withoutPrefix } from './ids.ts';

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
/** The DNS name of a load balancer in one of AWS's zones for load balancers. It exists as long as the load balancer exists. */
export interface BalancerNameRow {
  loadBalancerArn: string;
  /** The canonical hosted zone of the load balancer. Worlds that earlier versions of the sandbox saved lack this member. */
  hostedZoneId?: string;
}

export const route53Store = () => ({
  zones: new Table<HostedZoneRow, Kind & Findable>({
    // The census counts every zone.
    isInCensus: () => true,
    lag: { listedBy: ['ListHostedZones', 'ListHostedZonesByName'] satisfies ListOperation[] },
    keyOf: withoutPrefix,
    notFound: (id) => noSuchHostedZone(withoutPrefix(id)),
  }),
  /** The caller references with which zones were created, including zones that are deleted. */
  callerReferences: new Table<{ zoneId: string }>(BOOKKEEPING),
  /** Keyed by id, without the `/change/` prefix. */
  changes: new Table<ChangeInfo, Kind & Findable>({
    // The census does not count changes, because they are not resources.
    isInCensus: () => false,
    lag: { listedBy: [] },
    keyOf: withoutPrefix,
    notFound: (id) => noSuchChange(withoutPrefix(id)),
  }),
  /** The DNS names of the load balancers of all regions. Each key is a name in lower case with a trailing dot. */
  balancerNames: new Table<BalancerNameRow>(BOOKKEEPING),
});
export type Route53Store = ReturnType<typeof route53Store>;
