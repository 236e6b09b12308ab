/** The looks whose first call goes to ECS, exported under the names of their nouns and loaded together. */
import type { LooksOf } from '../found.ts';
import type * as looks from './ecs.ts';

export { lookCluster as cluster } from '../cluster.ts';
export { lookTaskDefinitions as taskDefinitions } from '../task-definitions.ts';
export { lookServices as services } from '../services.ts';

// The compiler checks that every noun of the service has its look here.
null as unknown as typeof looks satisfies LooksOf<'ecs'>;
