/** Removes the record: first of all, so that the name never leads to nothing. */
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { isCode, messageOf } from '../lib/aws-error.ts';
import { gone } from '../lib/gone.ts';
import type { Removal } from '../lib/step.ts';

export const record: Removal<'record'> = {
  /**
   * A delete names the record exactly as it is; that it is not there any more is what was wanted.
   * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
   */
  remove: ({ aws, item }) =>
    gone(async () => {
      try {
        await aws.route53(
          new ChangeResourceRecordSetsCommand({
            HostedZoneId: item.hostedZoneId,
            ChangeBatch: { Changes: [{ Action: 'DELETE', ResourceRecordSet: item.set }] },
          }),
        );
      } catch (error) {
        const isGone = isCode(error, 'InvalidChangeBatch') && /not found/.test(messageOf(error));
        if (!isGone) throw error;
      }
    }),
};
