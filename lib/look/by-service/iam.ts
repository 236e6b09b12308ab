/** The looks whose first call goes to IAM, exported under the names of their nouns and loaded together. */
import type { LooksOf } from '../found.ts';
import type * as looks from './iam.ts';

export { lookRoles as roles } from '../roles.ts';
export { lookServiceLinkedRole as serviceLinkedRole } from '../service-linked-role.ts';

// The compiler checks that every noun of the service has its look here.
null as unknown as typeof looks satisfies LooksOf<'iam'>;
