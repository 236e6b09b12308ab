/** The looks whose first call goes to S3, exported under the names of their nouns and loaded together. */
import type { LooksOf } from '../found.ts';
import type * as looks from './s3.ts';

export { lookLogBucket as logBucket } from '../log-bucket.ts';

// The compiler checks that every noun of the service has its look here.
null as unknown as typeof looks satisfies LooksOf<'s3'>;
