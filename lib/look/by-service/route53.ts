/** The looks whose first call goes to Route 53, exported under the names of their nouns and loaded together. */
import type { LooksOf } from '../found.ts';
import type * as looks from './route53.ts';

export { lookHostedZone as hostedZone } from '../hosted-zone.ts';
export { lookValidationRecords as validationRecords } from '../validation-records.ts';
export { lookRecord as record } from '../record.ts';
export { lookDomain } from '../domain.ts';

// The compiler checks that every noun of the service has its look here.
null as unknown as typeof looks satisfies LooksOf<'route53'>;
