/** The fields of a stack that protect it: who reaches its load balancer, and what AWS refuses or records. */
import * as z from 'zod';
import { bucketName, clientBlock, logPrefix, webAclArn } from './edge-rules.ts';
import { string } from './field-rules.ts';
import { SharedBalancer } from './shared-balancer-schema.ts';

/** A hundred years. */
const MAX_DAYS = 36_500;
/** Long enough to look into what was noticed late. */
export const DEFAULT_LOG_DAYS = 90;

export const edgeFields = {
  loadBalancer: SharedBalancer.optional().describe(
    'a load balancer of someone else to add rules to, instead of a separate one with its own VPC',
  ),
  // A stack under development is torn down often, so protection is off by default.
  protect: z
    .boolean()
    .default(false)
    .describe('whether AWS refuses to delete the load balancer; a teardown refuses as well'),
  internal: z
    .boolean()
    .default(false)
    .describe(
      'whether the load balancer has only private addresses, in the private subnets; a change replaces it, with an outage',
    ),
  // An existing balancer gets IPv6 addresses in place. Tasks need none: the load balancer reaches them over IPv4.
  ipv6: z.boolean().default(false).describe('whether clients can also connect over IPv6; tasks stay on IPv4'),
  clients: z
    .array(string(clientBlock).describe('a block of client addresses'))
    .min(1)
    .optional()
    .describe('the only addresses that may connect, e.g. 203.0.113.0/24; by default, all'),
  waf: string(webAclArn)
    .optional()
    .describe('the ARN of an existing web ACL of WAF that inspects every request to the load balancer'),
  // Container Insights costs money per metric, so only the account or the configuration turns it on.
  insights: z
    .union([z.boolean(), z.literal('enhanced')])
    .optional()
    .describe('whether the cluster has Container Insights; by default, the setting of the account decides'),
  accessLogs: z
    .union([
      z.boolean(),
      z.strictObject({
        bucket: string(bucketName)
          .optional()
          .describe('an existing bucket in the region; by default, the stack has its own bucket'),
        prefix: string(logPrefix)
          .optional()
          .describe('the start of the keys of the log files, without a slash at its end, e.g. shop/dev'),
        days: z
          .int()
          .min(1)
          .max(MAX_DAYS)
          .optional()
          .describe(`days that the logs are kept in the stack's own bucket; by default ${DEFAULT_LOG_DAYS}`),
      }),
    ])
    .default(false)
    .describe('whether the load balancer logs every request in S3, and where'),
  flowLogs: z
    .boolean()
    .default(false)
    .describe('whether the traffic of the VPC is recorded in a separate log group'),
};
