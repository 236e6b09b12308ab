/** The sandbox's Application Auto Scaling: bounds and scaling policies for the desired counts of ECS services. */
import { activityOperations } from './activities.ts';
import { policyOperations } from './policies.ts';
import { scheduledActionOperations } from './scheduled-actions.ts';
import { tagOperations } from './tags.ts';
import { targetOperations } from './targets.ts';

export const autoscalingOperations = {
  ...targetOperations,
  ...policyOperations,
  ...activityOperations,
  ...scheduledActionOperations,
  ...tagOperations,
};
