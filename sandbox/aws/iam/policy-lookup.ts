/** Finds the managed policy that a call names, whether AWS or the customer manages it. */
import { awsManagedPolicy } from '../../models/managed-policies.ts';
import type { Region } from '../../world/region.ts';
import { parsePolicyArn, type PolicyArn } from './arns.ts';
import { boundaryNotFound, cannotChangeAwsPolicy, policyNotFound, unknownFact } from './errors.ts';
import type { PolicyRow } from './store.ts';
import { userArn } from './user.ts';

/** Returns the customer managed policy with the given ARN, which must also match in case. */
export function findPolicy(region: Region, { arn, name }: PolicyArn): PolicyRow | undefined {
  const policy = region.iam.policies.get(name.toLowerCase());
  return policy?.Arn === arn ? policy : undefined;
}

/** Whether a managed policy exists. AWS manages the same policies in every partition. */
export const hasPolicy = (region: Region, arn: PolicyArn): boolean =>
  (arn.isAwsManaged ? awsManagedPolicy(arn.path) : findPolicy(region, arn)) !== undefined;

/**
 * Returns the customer managed policy that a call names.
 * @throws ValidationError, NoSuchEntity, AccessDenied for a policy of AWS
 */
export function policyOf(region: Region, given: string | undefined): PolicyRow {
  const parsed = parsePolicyArn(region, given);
  const policy = findPolicy(region, parsed);
  if (policy) return policy;
  const { arn } = parsed;
  throw hasPolicy(region, parsed) ? cannotChangeAwsPolicy(userArn(region), arn) : policyNotFound(arn);
}

/** Checks that a policy exists, so that it can be a permissions boundary, and returns its ARN. @throws ValidationError, NoSuchEntity */
export function checkBoundary(region: Region, given: string): string {
  const parsed = parsePolicyArn(region, given);
  if (!hasPolicy(region, parsed)) throw boundaryNotFound(parsed.arn);
  return parsed.arn;
}

/**
 * Refuses reads of AWS's policies outside the partition `aws`.
 * @throws NotImplemented
 */
export function refuseOtherPartitions({ partition }: Region): void {
  if (partition.id === 'aws') return;
  throw unknownFact(
    `The sandbox does not know the policies that AWS manages in the partition ${partition.id}`,
  );
}
