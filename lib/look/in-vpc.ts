/** Listings of a VPC: everything of one kind that is in a VPC, ours and foreign. */
import type { Filter } from '@aws-sdk/client-ec2';
import type { Aws } from '../aws/clients.ts';

/** A resource in a VPC. */
export interface VpcResource {
  readonly id: string;
  /** Its kind and id, and what is known about its owner. */
  readonly text: string;
}

/** Lists one kind of resource in a VPC. */
export interface VpcListing {
  /** In the plural, e.g. `subnets`. */
  readonly kind: string;
  list(aws: Pick<Aws, 'ec2'>, vpcId: string): Promise<VpcResource[]>;
}

/** The filter by VPC. @param Name the filter's name where it is not the usual one */
export const vpcFilter = (vpcId: string, Name = 'vpc-id'): Filter[] => [{ Name, Values: [vpcId] }];

/** Describes a resource by its kind, its id and what else identifies it. */
export const vpcResource = (kind: string, id = '', name = ''): VpcResource => ({
  id,
  text: `${kind} ${id}${name && ` (${name})`}`,
});
