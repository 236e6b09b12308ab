/** The looks whose first call goes to ECR, exported under the names of their nouns and loaded together. */
import type { LooksOf } from '../found.ts';
import type * as looks from './ecr.ts';

export { lookRepositories as repositories } from '../repositories.ts';
export { lookImages as images } from '../images.ts';

// The compiler checks that every noun of the service has its look here.
null as unknown as typeof looks satisfies LooksOf<'ecr'>;
