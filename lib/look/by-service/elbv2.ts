/** The looks whose first call goes to Elastic Load Balancing, exported under the names of their nouns and loaded together. */
import type { LooksOf } from '../found.ts';
import type * as looks from './elbv2.ts';

export { lookLoadBalancer as loadBalancer } from '../load-balancer.ts';
export { lookTargetGroups as targetGroups } from '../target-groups.ts';
export { lookListener as listener } from '../listener.ts';
export { lookRules as rules } from '../rules.ts';

// The compiler checks that every noun of the service has its look here.
null as unknown as typeof looks satisfies LooksOf<'elbv2'>;
