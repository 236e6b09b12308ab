/** Removes the hosted zone that the stack created, once only what Route 53 itself put there is left. */
import { DeleteHostedZoneCommand } from '@aws-sdk/client-route-53';
import { gone } from '../lib/gone.ts';
import type { Removal } from '../lib/step.ts';

export const hostedZone: Removal<'hostedZone'> = {
  /** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html */
  remove: ({ aws, item }) => gone(() => aws.route53(new DeleteHostedZoneCommand({ Id: item.hostedZoneId }))),
};
