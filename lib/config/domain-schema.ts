/** The schema of a stack's domain. */
import * as z from 'zod';
import { zoneId } from './aws-id-rules.ts';
import { certificateArn, recordName } from './domain-rules.ts';
import { domainName, string } from './field-rules.ts';

/** The names of a stack, and how clients reach it. */
export const Domain = z.strictObject({
  name: string(domainName).describe('the DNS name of the stack, e.g. api.example.com'),
  zone: string(domainName).optional().describe('the hosted zone that the name is in, e.g. example.com'),
  zoneId: string(zoneId)
    .optional()
    .describe('the id of the hosted zone, instead of zone: for one of several zones of the same name'),
  // A new zone costs money, and shadows an older zone of the same name, so it is created only on request.
  createZone: z.boolean().default(false).describe('whether the stack creates the zone and owns it'),
  names: z
    .array(string(recordName).describe('a DNS name in the zone'))
    .default([])
    .describe('more names of the stack in the same zone, such as www.example.com or *.example.com'),
  // Existing stacks keep port 80: with HTTPS, clients that do not follow redirects would fail.
  https: z
    .boolean()
    .default(false)
    .describe('whether clients use HTTPS; port 80 then redirects them, and a certificate is requested'),
  certificate: z
    .union([
      string(certificateArn),
      z.array(string(certificateArn).describe('the ARN of a certificate in ACM')).min(1),
    ])
    .optional()
    .describe('an existing certificate in ACM, or several, instead of a requested one'),
});
