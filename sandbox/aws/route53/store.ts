/** What the sandbox holds of Route 53: one for the whole account. */
import type { ChangeInfo, HostedZone, ResourceRecordSet, Tag } from '@aws-sdk/client-route-53';
import { Table } from '../../world/table.ts';

export interface HostedZoneRow extends HostedZone {
  /** Without the `/hostedzone/` prefix. */
  Id: string;
  /** With a trailing dot. */
  Name: string;
  tags: Tag[];
  nameServers: string[];
  records: ResourceRecordSet[];
}

export const route53Store = () => ({
  zones: new Table<HostedZoneRow>(),
  /** By id without the `/change/` prefix. */
  changes: new Table<ChangeInfo>(),
});
export type Route53Store = ReturnType<typeof route53Store>;
