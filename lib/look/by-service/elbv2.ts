/** The looks that ask Elastic Load Balancing first, loaded together. */
export { lookLoadBalancer } from '../load-balancer.ts';
export { lookTargetGroups } from '../target-groups.ts';
export { lookListener } from '../listener.ts';
export { lookRules } from '../rules.ts';
