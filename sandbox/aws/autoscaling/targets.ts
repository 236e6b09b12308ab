/** Scalable targets: the bounds of an ECS service's desired count. The sandbox has no scaling policies. */
import type * as AutoScaling from '@aws-sdk/client-application-auto-scaling';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import type { ServiceRow } from '../ecs/store.ts';
import { wake } from '../ecs/wake.ts';
import { hasServiceLinkedRole, makeServiceLinkedRole } from '../iam/service-linked-roles.ts';
import { pageOf, type PageRules } from '../paging.ts';
import {
  checkBounds,
  checkDimension,
  checkResource,
  checkTarget,
  DIMENSION,
  activeServiceOf,
} from './checks.ts';
import { invalid, invalidToken, targetNotFound } from './errors.ts';
import type { ScalableTargetRow } from './store.ts';

const PRINCIPAL = 'ecs.application-autoscaling.amazonaws.com';
const ROLE = `role/aws-service-role/${PRINCIPAL}/AWSServiceRoleForApplicationAutoScaling_ECSService`;
const MAX_PAGE_SIZE = 50;
/** The rules of pages. Only a size below 1 is refused, because the operation reduces larger sizes to the maximum. */
const PAGE_RULES: PageRules = {
  defaultSize: MAX_PAGE_SIZE,
  sizes: { min: 1, max: MAX_PAGE_SIZE, invalid: () => invalid('MaxResults cannot be less than 1') },
  invalidToken,
};

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
  { MinCapacity, MaxCapacity }: ScalableTargetRow,
): void {
  const count = Math.min(Math.max(service.desiredCount, MinCapacity), MaxCapacity);
  if (count === service.desiredCount) return;
  service.desiredCount = count;
  service.launches = 0;
  wake(region, service, 'taskCreate');
}

export const targetOperations = {
  /**
   * Creates a target, or changes the given settings of an existing one. AWS adjusts the desired count just after it
   * responds; the sandbox adjusts it just before.
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
      const current = existing ?? newTarget(region, id);
      const target = region.autoscaling.targets.set(id, {
        ...current,
        ...bounds,
        SuspendedState: { ...current.SuspendedState, ...SuspendedState },
      });
      adjustDesiredCount(region, service, target);
      return { ScalableTargetARN: target.ScalableTargetARN };
    },
  },

  /** Ignores unknown resource ids. */
  DescribeScalableTargets: {
    inputMembers: ['ServiceNamespace', 'ResourceIds', 'ScalableDimension', 'MaxResults', 'NextToken'],
    run(input, region) {
      const { ResourceIds: ids = [], ScalableDimension, MaxResults = MAX_PAGE_SIZE, NextToken } = input;
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
      const { rows, next } = pageOf(found, Math.min(MaxResults, MAX_PAGE_SIZE), NextToken, PAGE_RULES);
      return { ScalableTargets: rows, NextToken: next };
    },
  },

  /** Does not change the desired count of the service. */
  DeregisterScalableTarget: {
    inputMembers: ['ServiceNamespace', 'ResourceId', 'ScalableDimension'],
    run(input, region) {
      const id = checkTarget(input);
      if (!region.autoscaling.targets.delete(id)) throw targetNotFound(id, DIMENSION);
      return {};
    },
  },
} satisfies Operations<typeof AutoScaling>;
