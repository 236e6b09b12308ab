/** The validation records: CNAMEs with which ACM validates the names of the certificate, now and at each renewal. */
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { givenCertificates, namesOfDomain } from '../../lib/config/config.ts';
import type { ApplyContext, Planned, Step } from '../../lib/engine/step.ts';
import { pending, ready } from '../../lib/engine/until.ts';
import {
  describeCertificate,
  readCertificate,
  validatedName,
  type ValidationRecord,
} from '../../lib/look/certificate.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { ifFound } from '../../lib/look/if-found.ts';
import { compare, knownAfter, type DesiredFields } from '../../lib/model/change.ts';
import { only } from '../../lib/model/resources.ts';

type Field = 'name' | 'value' | 'zone';
type Context = ApplyContext<'validationRecords', Field>;

/** How long resolvers keep a record, in seconds. */
const TTL = 300;

function desiredFields(
  { config: { domain } }: Desired,
  found: Survey,
  planned: Planned<'certificate' | 'hostedZone'>,
): Map<string, DesiredFields<Field>> {
  if (!domain?.https || givenCertificates(domain).length > 0) return new Map();
  const certificate = only(found.certificate);
  const zone = planned.isReplaced('hostedZone') ? undefined : only(found.hostedZone)?.hostedZoneId;
  return new Map(
    namesOfDomain(domain).map((name) => {
      const domainName = validatedName(name);
      // A replaced certificate has the same records for the same names: they depend only on the account and the name.
      const record = certificate?.records.get(domainName);
      return [
        domainName,
        {
          name: record?.recordName ?? knownAfter('certificate'),
          value: record?.value ?? knownAfter('certificate'),
          zone: zone ?? knownAfter('hostedZone'),
        },
      ];
    }),
  );
}

export const validationRecords: Step<'validationRecords', Field> = {
  diff: (desired, found, planned) =>
    compare({
      noun: 'validationRecords',
      desired: desiredFields(desired, found, planned),
      found: found.validationRecords,
      fieldsOf: ({ recordName, value, hostedZoneId }) => ({ name: recordName, value, zone: hostedZoneId }),
    }),

  create: (context) => write(context),
  update: (context) => write(context),
};

/**
 * Writes a record. Another certificate of the account may have written it already, so it is an UPSERT.
 * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 */
async function write(context: Context): Promise<{ recordName: string; hostedZoneId: string }> {
  const { recordName, value } = await untilKnown(context);
  const hostedZoneId = only(context.ids.hostedZone)?.hostedZoneId ?? '';
  await context.aws.route53(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: hostedZoneId,
      ChangeBatch: {
        Changes: [
          {
            Action: 'UPSERT',
            ResourceRecordSet: { Name: recordName, Type: 'CNAME', TTL, ResourceRecords: [{ Value: value }] },
          },
        ],
      },
    }),
  );
  return { recordName, hostedZoneId };
}

/** Waits until ACM has made the record of a name, which takes some seconds after the request. */
const untilKnown = (context: Context): Promise<ValidationRecord> =>
  context.until(`the validation record of ${context.change.key}`, 'validationRecord', async () => {
    const arn = only(context.ids.certificate)?.certificateArn ?? '';
    const detail = await ifFound(() => describeCertificate(context, arn));
    const record = detail && readCertificate(detail, {}).records.get(context.change.key);
    return record ? ready(record) : pending('ACM has not made it yet');
  });
