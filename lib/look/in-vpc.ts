/** Listings of a VPC: everything of one kind that is in a VPC, whether ours or foreign. */
import type { Filter, Tag } from '@aws-sdk/client-ec2';
import type { Aws } from '../aws/clients.ts';
import { readTags, type Tags } from '../derive/tags.ts';

/** A resource in a VPC. */
export interface VpcResource {
  readonly id: string;
  /** Its kind, its id and, in parentheses, what else identifies it. */
  readonly text: string;
  readonly tags: Tags;
  /** The name that its owner gave it, if it has one besides its tags. */
  readonly name?: string | undefined;
  /** Whether Slipway never creates resources of this kind. If it is false, a resource without tags may be ours. */
  readonly isNeverOurs?: boolean;
  /** The command of the AWS CLI that removes it. If an AWS service manages the resource, the command instead shows which service. */
  readonly command: string;
}

/** Lists one kind of resource in a VPC. */
export interface VpcListing {
  /** In the plural, e.g. `subnets`. */
  readonly kind: string;
  list(aws: Pick<Aws, 'ec2'>, vpcId: string): Promise<VpcResource[]>;
}

/** Returns the filter for the resources in a VPC. @param Name the name of the filter, if it is not `vpc-id` */
export const vpcFilter = (vpcId: string, Name = 'vpc-id'): Filter[] => [{ Name, Values: [vpcId] }];

/**
 * Describes a resource by its kind, its id and what else identifies it.
 * @param remove the command that removes it, without the id, e.g. `ec2 delete-subnet --subnet-id`
 */
export const vpcResource = (
  kind: string,
  remove: string,
  {
    id = '',
    about = '',
    tags,
  }: {
    readonly id?: string | undefined;
    readonly about?: string | undefined;
    readonly tags?: Tag[] | undefined;
  },
): VpcResource => ({
  id,
  text: `${kind} ${id}${about && ` (${about})`}`,
  tags: readTags(tags),
  command: `aws ${remove} ${id}`,
});
