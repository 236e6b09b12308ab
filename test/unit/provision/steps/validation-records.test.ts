// The step for the validation records: the calls that it makes in each case.
import { DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import type { FoundCertificate } from '../../../../lib/look/certificate.ts';
import { validationRecords } from '../../../../provision/steps/validation-records.ts';
import { existing } from '../../existing-resources.ts';
import { awsError, config, domainOf, mocks, mutations, ourTags, provisionStep } from '../../step-harness.ts';

const stack = config({
  domain: domainOf({
    name: 'api.example.com',
    zone: 'example.com',
    https: true,
    names: ['*.api.example.com'],
  }),
});
const { hostedZone } = existing;
const certificate: Record<string, FoundCertificate> = {
  '': {
    certificateArn: 'arn:certificate',
    certificateNames: ['*.api.example.com', 'api.example.com'],
    status: 'ISSUED',
    failure: undefined,
    inUseBy: [],
    records: new Map([['api.example.com', { recordName: '_1.api.example.com', value: '_2.' }]]),
    createdAt: undefined,
    tags: ourTags('certificate'),
  },
};
const set = {
  Name: '_1.api.example.com.',
  Type: 'CNAME' as const,
  TTL: 300,
  ResourceRecords: [{ Value: '_2.' }],
};
const record = {
  ...{ recordName: '_1.api.example.com', hostedZoneId: 'ZONE1', value: '_2.', set, zoneIsOurs: false },
  tags: ourTags('validationRecords', 'api.example.com'),
};
const scenario = { noun: 'validationRecords' as const, config: stack, ids: { hostedZone, certificate } };
const writeCall = {
  command: 'ChangeResourceRecordSets',
  input: {
    HostedZoneId: 'ZONE1',
    ChangeBatch: {
      Changes: [{ Action: 'UPSERT', ResourceRecordSet: { ...set, Name: '_1.api.example.com' } }],
    },
  },
};
const ResourceRecord = { Name: '_1.api.example.com.', Type: 'CNAME' as const, Value: '_2.' };

test('creates when missing, once ACM has made the record, which a name and its wildcard share', async () => {
  mocks.acm
    .on(DescribeCertificateCommand)
    .resolvesOnce({ Certificate: { DomainValidationOptions: [{ DomainName: 'api.example.com' }] } })
    .resolves({
      Certificate: { DomainValidationOptions: [{ DomainName: '*.api.example.com', ResourceRecord }] },
    });
  mocks.route53.on(ChangeResourceRecordSetsCommand).resolves({});
  const { shortChanges, ids } = await provisionStep(validationRecords, scenario);
  expect(shortChanges).toEqual([['create', 'api.example.com']]);
  expect(ids).toEqual({ 'api.example.com': { recordName: '_1.api.example.com', hostedZoneId: 'ZONE1' } });
  expect(mutations()).toEqual([writeCall]);
});

test('adopts when present', async () => {
  const found = { hostedZone, certificate, validationRecords: { 'api.example.com': record } };
  expect((await provisionStep(validationRecords, { ...scenario, found })).shortChanges).toEqual([]);
});

test('repairs drift', async () => {
  mocks.acm.on(DescribeCertificateCommand).resolves({
    Certificate: { DomainValidationOptions: [{ DomainName: 'api.example.com', ResourceRecord }] },
  });
  mocks.route53.on(ChangeResourceRecordSetsCommand).resolves({});
  const changed = { ...record, value: '_3.' };
  const found = { hostedZone, certificate, validationRecords: { 'api.example.com': changed } };
  const { shortChanges } = await provisionStep(validationRecords, { ...scenario, found });
  expect(shortChanges).toEqual([['update', 'api.example.com', 'value']]);
  expect(mutations()).toEqual([writeCall]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.acm.on(DescribeCertificateCommand).resolves({
    Certificate: { DomainValidationOptions: [{ DomainName: 'api.example.com', ResourceRecord }] },
  });
  mocks.route53.on(ChangeResourceRecordSetsCommand).rejects(awsError('AccessDenied', 'not allowed'));
  await expect(provisionStep(validationRecords, scenario)).rejects.toMatchObject({ message: 'not allowed' });
});
