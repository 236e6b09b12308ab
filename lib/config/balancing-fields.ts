/** The fields of a container that say how the load balancer chooses between its tasks. */
import * as z from 'zod';
import * as rules from './field-rules.ts';

const { integer } = rules;

/** AWS's range for stickiness: up to a week. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html */
const MAX_STICKY_SECONDS = 604_800;
/** AWS's default. */
export const STICKY_SECONDS = 86_400;

/** The name of a cookie (RFC 6265). AWS reserves the names that begin with AWSALB. */
const cookieName: rules.FieldRule = (text) => {
  if (/^AWSALB/i.test(text))
    return 'Use the name of a cookie that the program sets: AWS reserves the names that begin with AWSALB.';
  return /^[\w!#$%&'*+.^`|~-]{1,256}$/.test(text)
    ? undefined
    : 'Use the name of a cookie that the program sets, e.g. session: up to 256 letters, digits and hyphens.';
};

/** The algorithms of target groups, with AWS's names. */
export const ALGORITHMS = {
  'round-robin': 'round_robin',
  'least-outstanding-requests': 'least_outstanding_requests',
  'weighted-random': 'weighted_random',
} as const;
type Algorithm = keyof typeof ALGORITHMS;

export const balancingFields = {
  stickiness: z
    .union([
      z.boolean(),
      integer(1, MAX_STICKY_SECONDS),
      z.strictObject({
        seconds: integer(1, MAX_STICKY_SECONDS)
          .default(STICKY_SECONDS)
          .describe('seconds after the last request for which the task is remembered'),
        cookie: rules
          .string(cookieName)
          .optional()
          .describe('the cookie of the program that begins a session; by default, every client gets one'),
      }),
    ])
    .optional()
    .describe('whether a client stays with one task, and for how many seconds after its last request'),
  slowStartSeconds: z
    .union([z.literal(0), integer(30, 900)])
    .optional()
    .describe('seconds in which a new task gets more and more requests; 0 gives it its full share at once'),
  balancing: z
    .enum(Object.keys(ALGORITHMS) as [Algorithm, ...Algorithm[]])
    .optional()
    .describe(
      "how the load balancer chooses the task for a request: by default 'round-robin', or the task with the fewest open requests, or a random one",
    ),
};
