/** Scalable targets: the bounds of an ECS service's desired count. */
import type * as AutoScaling from '@aws-sdk/client-application-auto-scaling';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import type { ServiceRow } from '../ecs/store.ts';
import { hasServiceLinkedRole, makeServiceLinkedRole } from '../iam/service-linked-roles.ts';
import { setDesiredCount } from './activities.ts';
import {
  checkBounds,
  checkDimension,
  checkResource,
  checkTarget,
  DIMENSION,
  activeServiceOf,
  page,
} from './checks.ts';
import { invalid, targetNotFound } from './errors.ts';
import { removeTarget } from './removal.ts';
import type { ScalableTargetRow } from './store.ts';
import { withTags } from './tags.ts';

const PRINCIPAL = 'ecs.application-autoscaling.amazonaws.com';
const ROLE = `role/aws-service-role/${PRINCIPAL}/AWSServiceRoleForApplicationAutoScaling_ECSService`;

const newTarget = (region: Region, ResourceId: string) => ({
  ServiceNamespace: 'ecs' as const,
  ResourceId,
  ScalableDimension: DIMENSION,
  ScalableTargetARN: region.arn(
    'application-autoscaling',
    `scalable-target/0ec5${region.uuid().replaceAll('-', '')}`,
  ),
  RoleARN: region.iamArn(ROLE),
  CreationTime: region.now(),
  SuspendedState: {
    DynamicScalingInSuspended: false,
    DynamicScalingOutSuspended: false,
    ScheduledScalingSuspended: false,
  },
});

/** Moves the desired count of a service into the bounds. */
function adjustDesiredCount(
  region: Region,
  service: ServiceRow,
  { ResourceId, MinCapacity, MaxCapacity }: ScalableTargetRow,
): void {
  const { desiredCount } = service;
  if (desiredCount < MinCapacity) {
    setDesiredCount(region, service, ResourceId, MinCapacity, `minimum capacity was set to ${MinCapacity}`);
  } else if (desiredCount > MaxCapacity) {
    setDesiredCount(region, service, ResourceId, MaxCapacity, `maximum capacity was set to ${MaxCapacity}`);
  }
}

export const targetOperations = {
  /**
   * Creates a target, or changes the given settings of an existing one. AWS adjusts the desired count just after it
   * responds; the sandbox does so just before. For ECS, AWS ignores `RoleARN` and uses the service-linked role.
   * @see https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
   */
  RegisterScalableTarget: {
    inputMembers: [
      'ServiceNamespace',
      'ResourceId',
      'ScalableDimension',
      'MinCapacity',
      'MaxCapacity',
      'SuspendedState',
      'RoleARN',
      'Tags',
    ],
    run(input, region) {
      const id = checkTarget(input);
      const existing = region.autoscaling.targets.get(id);
      const {
        MinCapacity = existing?.MinCapacity,
        MaxCapacity = existing?.MaxCapacity,
        SuspendedState,
      } = input;
      const bounds = checkBounds({ MinCapacity, MaxCapacity });
      const service = activeServiceOf(region, id);
      if (!hasServiceLinkedRole(region, PRINCIPAL)) makeServiceLinkedRole(region, PRINCIPAL);
      const current: Omit<ScalableTargetRow, keyof typeof bounds> = existing ?? newTarget(region, id);
      const target = region.autoscaling.targets.set(id, {
        ...current,
        ...bounds,
        SuspendedState: { ...current.SuspendedState, ...SuspendedState },
        tags: withTags(current.tags, input.Tags),
      });
      adjustDesiredCount(region, service, target);
      return { ScalableTargetARN: target.ScalableTargetARN };
    },
  },

  /** Ignores unknown resource ids. */
  DescribeScalableTargets: {
    inputMembers: ['ServiceNamespace', 'ResourceIds', 'ScalableDimension', 'MaxResults', 'NextToken'],
    run(input, region) {
      const { ResourceIds: ids = [], ScalableDimension, MaxResults, NextToken } = input;
      // Only ECS targets can be registered in the sandbox, so the list is empty for any other service.
      const isEcs = input.ServiceNamespace === 'ecs';
      if (ScalableDimension !== undefined && ids.length === 0) {
        throw invalid('ResourceIds must be specified when ScalableDimension is specified');
      }
      if (isEcs && ScalableDimension !== undefined) checkDimension(ScalableDimension);
      if (isEcs) ids.forEach(checkResource);
      const found = region.autoscaling.targets
        .filter(({ ResourceId }) => isEcs && (ids.length === 0 || ids.includes(ResourceId)))
        .sort((one, other) => (one.ResourceId < other.ResourceId ? -1 : 1));
      const { rows, next } = page(found, MaxResults, NextToken);
      return { ScalableTargets: rows, NextToken: next };
    },
  },

  /** Also deletes the policies of the target and their alarms. Does not change the desired count of the service. */
  DeregisterScalableTarget: {
    inputMembers: ['ServiceNamespace', 'ResourceId', 'ScalableDimension'],
    run(input, region) {
      const id = checkTarget(input);
      if (!removeTarget(region, id)) throw targetNotFound(id, DIMENSION);
      return {};
    },
  },
} satisfies Operations<typeof AutoScaling>;
