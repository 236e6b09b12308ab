/** The looks that call CloudWatch Logs first, under the names of their nouns; loaded together. */
import type { LooksOf } from '../found.ts';
import type * as looks from './logs.ts';

export { lookLogGroup as logGroup } from '../log-group.ts';

// Every noun of the service has its look here.
null as unknown as typeof looks satisfies LooksOf<'logs'>;
