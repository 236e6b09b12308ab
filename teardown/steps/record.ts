/** Removes the record: first of all, so that the name never leads to nothing. */
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { isCode } from '../../lib/aws/errors.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import { refetchRecord, type FoundRecord } from '../../lib/look/record.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import type { Removal, RemoveContext } from '../../lib/engine/step.ts';

export const record: Removal<'record'> = {
  /** A delete names the record exactly as it is: one that is refused is looked at again. */
  async remove(context) {
    try {
      await remove(context, context.existing);
    } catch (error) {
      if (!isCode(error, 'InvalidChangeBatch')) throw error;
      const now = await refetchRecord(context.newLook(), context.existing);
      if (!now) return;
      if (foreignOwner(now.tags, context.names.stack) !== undefined)
        return { kept: 'it leads somewhere else now' };
      await remove(context, now);
    }
  },
};

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html */
const remove = ({ aws }: RemoveContext<'record'>, { hostedZoneId, set }: FoundRecord): Promise<void> =>
  ignoringNotFound(() =>
    aws.route53(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: hostedZoneId,
        ChangeBatch: { Changes: [{ Action: 'DELETE', ResourceRecordSet: set }] },
      }),
    ),
  );
