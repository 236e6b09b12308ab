/** Application Auto Scaling as the sandbox has it: ranges for the counts of ECS services, and nothing that moves within them. */
import { targetOperations } from './targets.ts';

export const autoscalingOperations = { ...targetOperations };
