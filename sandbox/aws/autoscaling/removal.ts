/** Removes scalable targets and policies, together with what depends on them. */
import type { Region } from '../../world/region.ts';
import { deleteTrackingAlarms } from './policy-alarms.ts';
import type { ScalingPolicyRow } from './store.ts';

/** Returns the key of a policy in its table. */
export const policyKey = (resourceId: string, name: string): string => `${resourceId} ${name}`;

/** Deletes a policy. The alarms of a step scaling policy remain: clients create them. */
export function removePolicy(region: Region, policy: ScalingPolicyRow): void {
  deleteTrackingAlarms(region, policy);
  region.autoscaling.policies.delete(policyKey(policy.ResourceId, policy.PolicyName));
}

/** Deletes a target and its policies. @returns whether the target existed */
export function removeTarget(region: Region, resourceId: string): boolean {
  const policies = region.autoscaling.policies.filter(({ ResourceId }) => ResourceId === resourceId);
  for (const policy of policies) removePolicy(region, policy);
  return region.autoscaling.targets.delete(resourceId);
}
