/** The looks that call Elastic Load Balancing first, under the names of their nouns; loaded together. */
export { lookLoadBalancer as loadBalancer } from '../load-balancer.ts';
export { lookTargetGroups as targetGroups } from '../target-groups.ts';
export { lookListener as listener } from '../listener.ts';
export { lookRules as rules } from '../rules.ts';
