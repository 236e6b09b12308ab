// The look for the certificate of a stack.
import {
  DescribeCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
} from '@aws-sdk/client-acm';
import { ListHostedZonesCommand, ListTagsForResourceCommand } from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { lookCertificate } from '../../../../lib/look/certificate.ts';
import { awsError, config, domainOf, lookContextOf, mocks, ourTags, sentCalls } from '../../step-harness.ts';

const domain = { name: 'api.example.com', zone: 'example.com', https: true };
const look = (changes: Parameters<typeof domainOf>[0] = domain) =>
  lookCertificate(lookContextOf(config({ domain: domainOf(changes) })));

/** Lets ACM have certificates with these names; each is ours unless its name starts with `their`. */
function mockCertificates(...names: string[]): void {
  mocks.acm.on(ListCertificatesCommand).resolves({
    CertificateSummaryList: names.map((DomainName) => ({
      CertificateArn: `arn:c/${DomainName}`,
      DomainName,
    })),
  });
  mocks.acm.on(ListTagsForCertificateCommand).callsFake(({ CertificateArn }: { CertificateArn: string }) => ({
    Tags: CertificateArn.includes('/their') ? [] : toPascalCaseTags(ourTags('certificate')),
  }));
  mocks.acm.on(DescribeCertificateCommand).callsFake(({ CertificateArn }: { CertificateArn: string }) => {
    const DomainName = CertificateArn.split('/')[1];
    return {
      Certificate: {
        ...{ CertificateArn, DomainName, Status: 'ISSUED', InUseBy: [] },
        DomainValidationOptions: [
          { DomainName, ResourceRecord: { Name: `_1.${DomainName}.`, Type: 'CNAME', Value: '_2.' } },
        ],
      },
    };
  });
}

test('reads our certificate in the zone, and lists our others as removable', async () => {
  mockCertificates('old.example.com', 'api.example.com', 'their.example.com', 'api.example.org');
  const found = await look();
  expect([...found.keys()]).toEqual(['', 'old.example.com']);
  expect(found.get('')).toMatchObject({
    certificateArn: 'arn:c/api.example.com',
    certificateNames: ['api.example.com'],
    status: 'ISSUED',
    records: new Map([['api.example.com', { recordName: '_1.api.example.com', value: '_2.' }]]),
  });
});

test('a zone that is named by its id limits the list as well', async () => {
  mockCertificates('old.example.com', 'api.example.com', 'api.example.org');
  mocks.route53
    .on(ListHostedZonesCommand)
    .resolves({ HostedZones: [{ Id: '/hostedzone/Z1', Name: 'example.com.', CallerReference: 'theirs' }] });
  mocks.route53.on(ListTagsForResourceCommand).resolves({ ResourceTagSet: undefined });
  const found = await look({ ...domain, zone: undefined, zoneId: 'Z1' });
  expect([...found.keys()]).toEqual(['', 'old.example.com']);
});

test('reads an existing certificate by its ARN, and a missing one not at all', async () => {
  mockCertificates('their.example.com');
  const found = await look({ ...domain, certificate: ['arn:c/their.example.com'] });
  expect([...found.keys()]).toEqual(['arn:c/their.example.com']);
  mocks.acm.on(DescribeCertificateCommand).rejects(awsError('ResourceNotFoundException'));
  expect((await look({ ...domain, certificate: 'arn:c/none' })).size).toBe(0);
});

test('without HTTPS, a missing permission does not matter', async () => {
  mocks.acm.on(ListCertificatesCommand).rejects(awsError('AccessDeniedException'));
  expect((await look({ ...domain, https: false })).size).toBe(0);
  await expect(look()).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test('without a domain, no call is sent', async () => {
  expect((await lookCertificate(lookContextOf(config({ domain: undefined })))).size).toBe(0);
  expect(sentCalls()).toEqual([]);
});
