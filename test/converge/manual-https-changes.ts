/** For convergence tests: manual changes to the certificate and to its validation records, in a stack with HTTPS. */
import * as acm from '@aws-sdk/client-acm';
import * as route53 from '@aws-sdk/client-route-53';
import type { StackInput } from '../../lib/config/schema.ts';
import type { Clients } from './clients.ts';
import type { ManualChange } from './manual-changes.ts';
import { stack } from './stacks.ts';

const NAME = 'api.example.com';
const RECORD = `validationRecords.${NAME}`;

/** The example, with HTTPS. */
export const httpsStack = (): StackInput =>
  stack({ domain: { name: NAME, zone: 'example.com', createZone: true, https: true } });

/** Deletes the validation record, and creates another one in its place if a value is given. */
async function changeRecord(
  { route53: client }: Clients,
  id: Parameters<ManualChange['apply']>[1],
  value?: string,
): Promise<void> {
  const HostedZoneId = id(RECORD, 'hostedZoneId');
  const Name = id(RECORD, 'recordName');
  const { ResourceRecordSets = [] } = await client.send(
    new route53.ListResourceRecordSetsCommand({ HostedZoneId, StartRecordName: Name, MaxItems: 1 }),
  );
  const [set] = ResourceRecordSets;
  const ResourceRecordSet =
    value === undefined
      ? set
      : { Name, Type: 'CNAME' as const, TTL: 300, ResourceRecords: [{ Value: value }] };
  await client.send(
    new route53.ChangeResourceRecordSetsCommand({
      HostedZoneId,
      ChangeBatch: { Changes: [{ Action: value === undefined ? 'DELETE' : 'UPSERT', ResourceRecordSet }] },
    }),
  );
}

/** Changes to the resources that only a stack with HTTPS has. */
export const manualHttpsChanges: readonly ManualChange[] = [
  {
    noun: 'certificate',
    what: 'its tags were removed',
    drift: ['update certificate'],
    apply: (aws, id) =>
      aws.acm.send(
        new acm.RemoveTagsFromCertificateCommand({
          CertificateArn: id('certificate', 'certificateArn'),
          Tags: ['Name', 'slipway:stack', 'slipway:step', 'slipway:key'].map((Key) => ({ Key })),
        }),
      ),
  },
  {
    noun: 'validationRecords',
    what: 'it was deleted',
    drift: [`create ${RECORD}`],
    apply: (aws, id) => changeRecord(aws, id),
  },
  {
    noun: 'validationRecords',
    what: 'its value was changed',
    drift: [`update ${RECORD}`],
    apply: (aws, id) => changeRecord(aws, id, '_other.acm-validations.aws.'),
  },
];
