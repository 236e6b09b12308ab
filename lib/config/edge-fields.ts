/** The fields of a stack that protect it: who reaches its load balancer, and what AWS refuses or records. */
import * as z from 'zod';

export const edgeFields = {
  // A stack under development is torn down often, so protection is off by default.
  protect: z
    .boolean()
    .default(false)
    .describe('whether AWS refuses to delete the load balancer; a teardown refuses as well'),
};
