/** What the sandbox holds of Route 53: one for the whole account. */
import type { ChangeInfo, HostedZone, ResourceRecordSet, Tag } from '@aws-sdk/client-route-53';
import { Table } from '../../world/table.ts';

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
/** A name that Elastic Load Balancing keeps in AWS's own zone, for as long as the load balancer lives. */
export interface BalancerNameRow {
  loadBalancerArn: string;
}

export const route53Store = () => ({
  zones: new Table<HostedZoneRow>(),
  /** Every caller reference that made a zone, those of zones that are gone too. */
  callerReferences: new Table<{ zoneId: string }>(),
  /** By id without the `/change/` prefix. */
  changes: new Table<ChangeInfo>(),
  /** The load balancers of all regions by their DNS name, in lower case and with a trailing dot: what aliases can point at. */
  balancerNames: new Table<BalancerNameRow>(),
});
export type Route53Store = ReturnType<typeof route53Store>;
