/** The ARNs of policies, and the partitions in ARNs that callers give. */
import type { Region } from '../../world/region.ts';
import { invalidArn, validationError } from './errors.ts';

/** @param path the path and the name of the policy, e.g. `/service-role/AmazonECSTaskExecutionRolePolicy` */
export const managedPolicyArn = ({ partition }: Region, path: string): string =>
  `arn:${partition.id}:iam::aws:policy${path}`;

/** Returns an ARN's partition if it is not the region's partition. An ARN such as `arn:*:s3:::logs` fits any partition. */
export function otherPartitionIn({ partition }: Region, arn: string): string | undefined {
  const [, given = ''] = /^arn:([^:]*):/.exec(arn) ?? [];
  return given === partition.id || /[*?]/.test(given) ? undefined : given;
}

/** The ARN of a managed policy, and its parts. */
export interface PolicyArn {
  readonly arn: string;
  /** Whether AWS manages the policy. */
  readonly isAwsManaged: boolean;
  /** The path and the name, e.g. `/service-role/AmazonECSTaskExecutionRolePolicy`. */
  readonly path: string;
  readonly name: string;
}

/** Parses the ARN of a managed policy. @throws ValidationError, also for an ARN of another partition */
export function parsePolicyArn({ partition }: Region, arn = ''): PolicyArn {
  if (!arn.startsWith('arn:')) throw invalidArn();
  const [, owner, path] = /^arn:[\w-]+:iam::(aws|\d{12}):policy(\/.+)$/.exec(arn) ?? [];
  if (path === undefined) throw validationError(`ARN ${arn} is not valid.`);
  if (!arn.startsWith(`arn:${partition.id}:`)) throw validationError('Invalid ARN partition');
  return { arn, isAwsManaged: owner === 'aws', path, name: path.slice(path.lastIndexOf('/') + 1) };
}
