/** Scaling policies: put, described and deleted by name. */
import { isDeepStrictEqual } from 'node:util';
import type * as AutoScaling from '@aws-sdk/client-application-auto-scaling';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { checkDimension, checkResource, checkTarget, DIMENSION, page, registeredTarget } from './checks.ts';
import { invalid, policyNotFound } from './errors.ts';
import { alarmsOf, createTrackingAlarms } from './policy-alarms.ts';
import { checkPolicy } from './policy-checks.ts';
import { policyKey, removePolicy } from './removal.ts';
import type { ScalingPolicyRow } from './store.ts';

const MAX_POLICIES = 50;

/** Returns the metric of a target tracking policy; undefined for step scaling. */
function trackedMetric({ TargetTrackingScalingPolicyConfiguration: tracking }: Partial<ScalingPolicyRow>) {
  const { PredefinedMetricSpecification, CustomizedMetricSpecification } = tracking ?? {};
  return PredefinedMetricSpecification ?? CustomizedMetricSpecification;
}

/** Refuses a change of a policy's type, more policies than a target can have, and a second policy that tracks a metric. */
function checkOthers(region: Region, policy: ScalingPolicyRow, existing: ScalingPolicyRow | undefined): void {
  if (existing && existing.PolicyType !== policy.PolicyType) {
    throw invalid(`The type of the policy ${policy.PolicyName} is ${existing.PolicyType} and cannot change`);
  }
  const others = region.autoscaling.policies.filter(
    ({ ResourceId, PolicyName }) => ResourceId === policy.ResourceId && PolicyName !== policy.PolicyName,
  );
  if (others.length >= MAX_POLICIES) {
    throw refusal('LimitExceededException', `A scalable target can have at most ${MAX_POLICIES} policies`);
  }
  const metric = trackedMetric(policy);
  if (metric && others.some((other) => isDeepStrictEqual(trackedMetric(other), metric))) {
    throw invalid('Only one TargetTrackingScaling policy for a given metric specification is allowed.');
  }
}

export const policyOperations = {
  /**
   * Creates a policy, or replaces all settings of an existing one. Target tracking gets new alarms with every call.
   * @see https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
   */
  PutScalingPolicy: {
    inputMembers: [
      'PolicyName',
      'ServiceNamespace',
      'ResourceId',
      'ScalableDimension',
      'PolicyType',
      'StepScalingPolicyConfiguration',
      'TargetTrackingScalingPolicyConfiguration',
    ],
    run(input, region) {
      const ResourceId = checkTarget(input);
      const { PolicyName = '' } = input;
      const settings = checkPolicy(input);
      registeredTarget(region, ResourceId);
      const key = policyKey(ResourceId, PolicyName);
      const existing = region.autoscaling.policies.get(key);
      const name = `${region.uuid()}:resource/ecs/${ResourceId}:policyName/${PolicyName}`;
      const policy: ScalingPolicyRow = {
        PolicyARN: existing?.PolicyARN ?? region.arn('autoscaling', `scalingPolicy:${name}`),
        PolicyName,
        ServiceNamespace: 'ecs',
        ResourceId,
        ScalableDimension: DIMENSION,
        CreationTime: existing?.CreationTime ?? region.now(),
        ...settings,
      };
      checkOthers(region, policy, existing);
      if (existing) removePolicy(region, existing);
      region.autoscaling.policies.set(key, policy);
      const tracking = policy.TargetTrackingScalingPolicyConfiguration;
      if (tracking) createTrackingAlarms(region, policy, tracking);
      return { PolicyARN: policy.PolicyARN, Alarms: alarmsOf(region, policy) };
    },
  },

  /** Ignores unknown names. */
  DescribeScalingPolicies: {
    inputMembers: [
      'PolicyNames',
      'ServiceNamespace',
      'ResourceId',
      'ScalableDimension',
      'MaxResults',
      'NextToken',
    ],
    run(input, region) {
      const { PolicyNames = [], ResourceId, ScalableDimension } = input;
      const isEcs = input.ServiceNamespace === 'ecs';
      if (isEcs && ScalableDimension !== undefined) checkDimension(ScalableDimension);
      if (isEcs && ResourceId !== undefined) checkResource(ResourceId);
      const keyOf = (policy: ScalingPolicyRow) => policyKey(policy.ResourceId, policy.PolicyName);
      const found = region.autoscaling.policies
        .filter(
          (policy) =>
            isEcs &&
            (ResourceId ?? policy.ResourceId) === policy.ResourceId &&
            // AWS also accepts the ARNs of policies.
            (PolicyNames.length === 0 ||
              PolicyNames.includes(policy.PolicyName) ||
              PolicyNames.includes(policy.PolicyARN)),
        )
        .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
      const { rows, next } = page(found, input.MaxResults, input.NextToken);
      const ScalingPolicies = rows.map((policy) => ({
        ...policy,
        CreationTime: policy.CreationTime,
        Alarms: alarmsOf(region, policy),
      })) as AutoScaling.ScalingPolicy[];
      return { ScalingPolicies, NextToken: next };
    },
  },

  /** Keeps the alarms that trigger a step scaling policy. @see https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeleteScalingPolicy.html */
  DeleteScalingPolicy: {
    inputMembers: ['PolicyName', 'ServiceNamespace', 'ResourceId', 'ScalableDimension'],
    run(input, region) {
      const id = checkTarget(input);
      const { PolicyName = '' } = input;
      const policy = region.autoscaling.policies.get(policyKey(id, PolicyName));
      if (!policy) throw policyNotFound(id, DIMENSION, PolicyName);
      removePolicy(region, policy);
      return {};
    },
  },
} satisfies Operations<typeof AutoScaling>;
