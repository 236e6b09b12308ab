/** ECS as the sandbox has it: the operations of all its families, and what happens later. */
import type { Events } from '../../world/region.ts';

export const ecsOperations = {};
export const ecsEvents: Events = {};
