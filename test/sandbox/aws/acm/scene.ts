// The scene for tests of certificates: a sandbox in AWS's time, with a hosted zone and short names for common calls.
import {
  DescribeCertificateCommand,
  RequestCertificateCommand,
  type RequestCertificateCommandInput,
} from '@aws-sdk/client-acm';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  type RRType,
} from '@aws-sdk/client-route-53';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { sandbox } from '../../harness.ts';

export const MINUTE = 60_000;

export async function certificateScene() {
  const clock = manualClock(Date.now());
  const started = await sandbox({ clock, pace: 1 });
  const { acm, route53 } = started;
  const createZone = async (Name: string) => {
    const made = await route53.send(
      new CreateHostedZoneCommand({ Name, CallerReference: Name + Math.random() }),
    );
    return { id: made.HostedZone?.Id, nameServers: made.DelegationSet?.NameServers ?? [] };
  };
  const zone = await createZone('example.com');
  const request = async (input: Partial<RequestCertificateCommandInput> = {}) => {
    const made = await acm.send(
      new RequestCertificateCommand({ DomainName: 'api.example.com', ValidationMethod: 'DNS', ...input }),
    );
    return made.CertificateArn ?? '';
  };
  const describe = async (arn: string) =>
    (await acm.send(new DescribeCertificateCommand({ CertificateArn: arn }))).Certificate;
  const changeRecord = (
    Action: 'CREATE' | 'DELETE',
    Name: string | undefined,
    Type: RRType,
    values: string[],
    zoneId = zone.id,
  ) =>
    route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        ChangeBatch: {
          Changes: [
            {
              Action,
              ResourceRecordSet: { Name, Type, TTL: 60, ResourceRecords: values.map((Value) => ({ Value })) },
            },
          ],
        },
      }),
    );
  const recordsOf = async (arn: string) => {
    const options = (await describe(arn))?.DomainValidationOptions ?? [];
    const records = options.flatMap(({ ResourceRecord }) => ResourceRecord ?? []);
    return [...new Map(records.map((record) => [record.Name, record])).values()];
  };
  /** Creates the validation records of a certificate. */
  const createRecords = async (arn: string, zoneId = zone.id) => {
    clock.advance(6_000);
    for (const { Name, Value = '' } of await recordsOf(arn))
      await changeRecord('CREATE', Name, 'CNAME', [Value], zoneId);
  };
  /** Requests a certificate, and waits until it is issued. */
  const issued = async (input: Partial<RequestCertificateCommandInput> = {}) => {
    const arn = await request(input);
    await createRecords(arn);
    clock.advance(2 * MINUTE);
    return arn;
  };
  return {
    ...started,
    ...{ clock, zone, createZone, request, describe, changeRecord, recordsOf, createRecords, issued },
  };
}
