/** The sandbox's Application Auto Scaling: bounds for the desired counts of ECS services, but no scaling policies. */
import { targetOperations } from './targets.ts';

export const autoscalingOperations = { ...targetOperations };
