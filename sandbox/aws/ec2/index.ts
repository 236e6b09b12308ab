/** EC2 as the sandbox has it: the operations of all its families, and what happens later. */
import type { Events } from '../../world/region.ts';
import { vpcOperations } from './vpcs.ts';

export const ec2Operations = { ...vpcOperations };
export const ec2Events: Events = {};
