/** The schema of the field `network`: the VPC of the stack. */
import * as z from 'zod';
import * as rules from './field-rules.ts';

export const Network = z.strictObject({
  // The largest block that AWS allows, at the address that most examples use.
  cidr: rules.string(rules.vpcBlock).default('10.0.0.0/16').describe('the CIDR block of the VPC, /16 to /24'),
  // The minimum for a load balancer.
  zones: z
    .int()
    .min(2)
    .max(6)
    .default(2)
    .describe('the number of availability zones; a load balancer needs two'),
});
