/** Removes the record before everything else, so that the name never points at nothing. */
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { isCode } from '../../lib/aws/errors.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import { refetchRecord, type FoundRecord } from '../../lib/look/record.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import type { Removal, RemoveContext } from '../../lib/engine/step.ts';

export const record: Removal<'record'> = {
  /** A delete must repeat the record exactly. If it is refused, the record is fetched again. */
  async remove(context) {
    try {
      await deleteRecord(context, context.existing);
    } catch (error) {
      if (!isCode(error, 'InvalidChangeBatch')) throw error;
      const current = await refetchRecord(context.newLookContext(), context.existing);
      if (!current) return;
      if (foreignOwner(current.tags, context.names.stack) !== undefined)
        return { kept: 'it now points somewhere else' };
      await deleteRecord(context, current);
    }
  },
};

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html */
const deleteRecord = ({ aws }: RemoveContext<'record'>, { hostedZoneId, set }: FoundRecord): Promise<void> =>
  ignoringNotFound(() =>
    aws.route53(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: hostedZoneId,
        ChangeBatch: { Changes: [{ Action: 'DELETE', ResourceRecordSet: set }] },
      }),
    ),
  );
