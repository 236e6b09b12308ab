/** The sandbox's Application Auto Scaling: ranges for the counts of ECS services, without policies that change the counts. */
import { targetOperations } from './targets.ts';

export const autoscalingOperations = { ...targetOperations };
