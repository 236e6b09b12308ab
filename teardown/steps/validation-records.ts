/** Removes a validation record, unless another certificate of the account needs it for its renewal. */
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { isCode } from '../../lib/aws/errors.ts';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal, RemoveContext } from '../../lib/engine/step.ts';
import { listCertificates, namesInSummary, validatedName } from '../../lib/look/certificate.ts';

export const validationRecords: Removal<'validationRecords'> = {
  /** Certificates for the same name share a record, in all regions; only those of this region are known. */
  async remove(context) {
    const { aws, existing } = context;
    const { hostedZoneId, set, zoneIsOurs } = existing;
    if (!(zoneIsOurs && context.alsoRemoved.willRemoveAll('hostedZone')) && (await isNeededByOthers(context)))
      return { kept: 'another certificate for this name needs it' };
    try {
      await ignoringNotFound(() =>
        aws.route53(
          new ChangeResourceRecordSetsCommand({
            HostedZoneId: hostedZoneId,
            ChangeBatch: { Changes: [{ Action: 'DELETE', ResourceRecordSet: set }] },
          }),
        ),
      );
    } catch (error) {
      // Someone has deleted or changed it since the survey. A record with another value does not belong to us.
      if (!isCode(error, 'InvalidChangeBatch')) throw error;
    }
    return undefined;
  },
};

async function isNeededByOthers(context: RemoveContext<'validationRecords'>): Promise<boolean> {
  const ours = new Set([...context.found.certificate.values()].map(({ certificateArn }) => certificateArn));
  const all = await listCertificates(context);
  return all.some(
    (summary) =>
      !ours.has(summary.CertificateArn ?? '') &&
      namesInSummary(summary).some((name) => validatedName(name) === context.key),
  );
}
