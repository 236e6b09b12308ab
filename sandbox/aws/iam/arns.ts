/** The ARNs of policies that AWS manages, and the partitions in ARNs that callers give. */
import type { Region } from '../../world/region.ts';

/** @param path the path and the name of the policy, e.g. `/service-role/AmazonECSTaskExecutionRolePolicy` */
export const managedPolicyArn = ({ partition }: Region, path: string): string =>
  `arn:${partition.id}:iam::aws:policy${path}`;

/** Returns an ARN's partition if it is not the region's partition. An ARN such as `arn:*:s3:::logs` fits any partition. */
export function otherPartitionIn({ partition }: Region, arn: string): string | undefined {
  const [, given = ''] = /^arn:([^:]*):/.exec(arn) ?? [];
  return given === partition.id || /[*?]/.test(given) ? undefined : given;
}
