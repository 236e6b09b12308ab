// The look for the validation records of a certificate.
import {
  DescribeCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
} from '@aws-sdk/client-acm';
import {
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { lookValidationRecords } from '../../../../lib/look/validation-records.ts';
import { config, domainOf, lookContextOf, mocks, ourTags } from '../../step-harness.ts';

const cname = (Name: string, Value: string) => ({
  ...{ Name, Type: 'CNAME' as const, TTL: 300 },
  ResourceRecords: [{ Value }],
});
const ours = cname('_1.api.example.com.', '_2.abc.acm-validations.aws.');
const stack = config({ domain: domainOf({ name: 'api.example.com', zone: 'example.com', https: true }) });

test.each([true, false])(
  'finds the records of our certificate, also among others; in our own zone: %s',
  async (isOurs) => {
    const ResourceRecord = { Name: ours.Name, Type: 'CNAME' as const, Value: '_2.abc.acm-validations.aws.' };
    const Certificate = {
      ...{ CertificateArn: 'arn:1', DomainName: 'api.example.com', Status: 'ISSUED' as const },
      DomainValidationOptions: [{ DomainName: 'api.example.com', ResourceRecord }],
    };
    mocks.acm.on(ListCertificatesCommand).resolves({ CertificateSummaryList: [Certificate] });
    mocks.acm.on(DescribeCertificateCommand).resolves({ Certificate });
    mocks.acm.on(ListTagsForCertificateCommand).resolves({ Tags: toPascalCaseTags(ourTags('certificate')) });
    mocks.route53
      .on(ListHostedZonesCommand)
      .resolves({ HostedZones: [{ Id: '/hostedzone/Z1', Name: 'example.com.', CallerReference: 'x' }] });
    mocks.route53.on(ListTagsForResourceCommand).resolves({
      ResourceTagSet: {
        ResourceType: 'hostedzone',
        ResourceId: 'Z1',
        Tags: isOurs ? toPascalCaseTags(ourTags('hostedZone')) : [],
      },
    });
    mocks.route53.on(ListResourceRecordSetsCommand).resolves({
      ResourceRecordSets: [ours, cname('www.example.com.', 'api.example.com')],
      IsTruncated: false,
      MaxItems: 300,
    });
    expect(Object.fromEntries(await lookValidationRecords(lookContextOf(stack)))).toMatchObject({
      'api.example.com': {
        recordName: '_1.api.example.com',
        hostedZoneId: 'Z1',
        value: '_2.abc.acm-validations.aws.',
        set: ours,
        zoneIsOurs: isOurs,
      },
    });
  },
);
