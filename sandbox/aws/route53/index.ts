/** Route 53 as the sandbox has it: the operations of all its families, and what happens later. */
import type { Events } from '../../world/region.ts';

export const route53Operations = {};
export const route53Events: Events = {};
