/** The quotas of Elastic Load Balancing for a new account. */
import type * as ELBv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import { page } from './paging.ts';

/**
 * The quotas that the sandbox enforces, under the names that AWS gives them. Each has a maximum, and the code and message of
 * the refusal.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
export const balancingQuotas = {
  'application-load-balancers': [50, 'TooManyLoadBalancers'],
  'target-groups': [3000, 'TooManyTargetGroups'],
  'targets-per-target-group': [1000, 'TooManyTargets'],
  'listeners-per-application-load-balancer': [50, 'TooManyListeners'],
  'rules-per-application-load-balancer': [100, 'TooManyRules'],
  'target-groups-per-application-load-balancer': [100, 'TooManyUniqueTargetGroupsPerLoadBalancer'],
  'target-groups-per-action-on-application-load-balancer': [5, 'TooManyTargetGroups'],
  'condition-values-per-alb-rule': [5, 'ValidationError', "A rule can only have '5' condition values"],
  // AWS documents 5 wildcards on one page and 6 on another; 5 satisfies both.
  'condition-wildcards-per-alb-rule': [5, 'ValidationError', "A rule can only have '5' condition wildcards"],
} as const satisfies Record<string, readonly [max: number, code: string, message?: string]>;

/**
 * Checks one quota.
 * @param count the number of resources after the call
 * @throws the quota's refusal when the count exceeds the maximum
 */
export function checkQuota(name: keyof typeof balancingQuotas, count: number): void {
  const [max, code, message = `You have reached the maximum number of ${name}: ${max}`] =
    balancingQuotas[name];
  if (count > max) throw refusal(code, message);
}

export const limitOperations = {
  DescribeAccountLimits: {
    inputMembers: ['PageSize', 'Marker'],
    run({ PageSize, Marker }) {
      const limits = Object.entries(balancingQuotas).map(([Name, [max]]) => ({ Name, Max: String(max) }));
      const { rows: Limits, NextMarker } = page(limits, PageSize, Marker);
      return { Limits, NextMarker };
    },
  },
} satisfies Operations<typeof ELBv2>;
