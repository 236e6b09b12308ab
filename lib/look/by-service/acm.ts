/** The looks whose first call goes to Certificate Manager, exported under the names of their nouns and loaded together. */
import type { LooksOf } from '../found.ts';
import type * as looks from './acm.ts';

export { lookCertificate as certificate } from '../certificate.ts';

// The compiler checks that every noun of the service has its look here.
null as unknown as typeof looks satisfies LooksOf<'acm'>;
