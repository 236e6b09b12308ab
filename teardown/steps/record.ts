/** Removes the record: first of all, so that the name never leads to nothing. */
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { isCode } from '../../lib/aws/errors.ts';
import { gone } from '../../lib/engine/delete.ts';
import { lookAgain, type FoundRecord } from '../../lib/look/record.ts';
import { foreignOwner } from '../../lib/look/context.ts';
import type { Removal, Undo } from '../../lib/engine/step.ts';

export const record: Removal<'record'> = {
  /** A delete names the record exactly as it is: one that is refused is looked at again. */
  async remove(undo) {
    try {
      await remove(undo, undo.item);
    } catch (error) {
      if (!isCode(error, 'InvalidChangeBatch')) throw error;
      const now = await lookAgain(undo.see(), undo.item);
      if (!now) return;
      if (foreignOwner(now.tags, undo.names.stack) !== undefined)
        return { kept: 'it leads somewhere else now' };
      await remove(undo, now);
    }
  },
};

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html */
const remove = ({ aws }: Undo<'record'>, { hostedZoneId, set }: FoundRecord): Promise<void> =>
  gone(() =>
    aws.route53(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: hostedZoneId,
        ChangeBatch: { Changes: [{ Action: 'DELETE', ResourceRecordSet: set }] },
      }),
    ),
  );
