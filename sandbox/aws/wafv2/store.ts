/** The tables of WAF in one region. */
import type { IPSet, Tag, WebACL } from '@aws-sdk/client-wafv2';
import { CONSISTENT_RESOURCE, Table } from '../../world/table.ts';

/** The common fields of web ACLs and IP sets. */
export interface EntityRow {
  Name: string;
  Id: string;
  ARN: string;
  Description?: string | undefined;
  /** Changes with every update. An update or a deletion must name the current one. */
  lockToken: string;
  tags: Tag[];
}

export interface WebAclRow extends EntityRow {
  /** The web ACL as responses show it. */
  webAcl: WebACL;
  /** The time until which WAF cannot associate the new web ACL. */
  availableAt: Date;
}

export interface IpSetRow extends EntityRow {
  ipSet: IPSet;
}

/** An association of a load balancer with a web ACL. */
export interface AssociationRow {
  webAclArn: string;
}

export const wafv2Store = () => ({
  /** Keyed by ARN. */
  webAcls: new Table<WebAclRow>(CONSISTENT_RESOURCE),
  /** Keyed by ARN. */
  ipSets: new Table<IpSetRow>(CONSISTENT_RESOURCE),
  /** Keyed by the ARN of the load balancer, which has at most one web ACL. */
  webAclAssociations: new Table<AssociationRow>(CONSISTENT_RESOURCE),
});
export type Wafv2Store = ReturnType<typeof wafv2Store>;
