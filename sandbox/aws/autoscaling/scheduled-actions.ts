/** Scheduled actions. The sandbox has none, so it refuses PutScheduledAction, and the list is empty. */
import type * as AutoScaling from '@aws-sdk/client-application-auto-scaling';
import type { Operations } from '../../operations.ts';
import { checkDimension, checkResource, checkTarget, DIMENSION } from './checks.ts';
import { scheduledActionNotFound } from './errors.ts';

export const scheduledActionOperations = {
  DescribeScheduledActions: {
    inputMembers: [
      'ScheduledActionNames',
      'ServiceNamespace',
      'ResourceId',
      'ScalableDimension',
      'MaxResults',
      'NextToken',
    ],
    run({ ServiceNamespace, ResourceId, ScalableDimension }) {
      const isEcs = ServiceNamespace === 'ecs';
      if (isEcs && ScalableDimension !== undefined) checkDimension(ScalableDimension);
      if (isEcs && ResourceId !== undefined) checkResource(ResourceId);
      return { ScheduledActions: [] };
    },
  },

  DeleteScheduledAction: {
    inputMembers: ['ServiceNamespace', 'ScheduledActionName', 'ResourceId', 'ScalableDimension'],
    run(input) {
      throw scheduledActionNotFound(checkTarget(input), DIMENSION, input.ScheduledActionName ?? '');
    },
  },
} satisfies Operations<typeof AutoScaling>;
