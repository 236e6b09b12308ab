/** The looks whose first call goes to CloudWatch Logs, exported under the names of their nouns and loaded together. */
import type { LooksOf } from '../found.ts';
import type * as looks from './logs.ts';

export { lookLogGroup as logGroup } from '../log-group.ts';

// The compiler checks that every noun of the service has its look here.
null as unknown as typeof looks satisfies LooksOf<'logs'>;
