/** Listings of a VPC: everything of one kind that is in a VPC, whether ours or foreign. */
import type { Filter } from '@aws-sdk/client-ec2';
import type { Aws } from '../aws/clients.ts';

/** A resource in a VPC. */
export interface VpcResource {
  readonly id: string;
  /** Its kind, its id and, in parentheses, what else identifies it. */
  readonly text: string;
}

/** Lists one kind of resource in a VPC. */
export interface VpcListing {
  /** In the plural, e.g. `subnets`. */
  readonly kind: string;
  list(aws: Pick<Aws, 'ec2'>, vpcId: string): Promise<VpcResource[]>;
}

/** Returns the filter for the resources in a VPC. @param Name the name of the filter, if it is not `vpc-id` */
export const vpcFilter = (vpcId: string, Name = 'vpc-id'): Filter[] => [{ Name, Values: [vpcId] }];

/** Describes a resource by its kind, its id and what else identifies it. */
export const vpcResource = (kind: string, id = '', name = ''): VpcResource => ({
  id,
  text: `${kind} ${id}${name && ` (${name})`}`,
});
