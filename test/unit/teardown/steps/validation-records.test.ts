// The removal of a validation record: the calls that it makes in each case.
import { ListCertificatesCommand } from '@aws-sdk/client-acm';
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import { validationRecords } from '../../../../teardown/steps/validation-records.ts';
import { awsError, mocks, mutations, ourTags, removeContextOf } from '../../step-harness.ts';

const set = {
  Name: '_1.api.example.com.',
  Type: 'CNAME' as const,
  TTL: 300,
  ResourceRecords: [{ Value: '_2.' }],
};
const item = {
  recordName: '_1.api.example.com',
  hostedZoneId: 'Z1',
  value: '_2.',
  set,
  zoneIsOurs: false,
  tags: ourTags('validationRecords'),
};
const remove = () =>
  validationRecords.remove(removeContextOf({ noun: 'validationRecords', key: 'api.example.com' }, item));
const deleteCall = {
  command: 'ChangeResourceRecordSets',
  input: { HostedZoneId: 'Z1', ChangeBatch: { Changes: [{ Action: 'DELETE', ResourceRecordSet: set }] } },
};
const mockOthers = (...names: string[]) =>
  mocks.acm.on(ListCertificatesCommand).resolves({
    CertificateSummaryList: names.map((DomainName) => ({ CertificateArn: `arn:${DomainName}`, DomainName })),
  });

test('removes what is ours', async () => {
  mockOthers('www.example.com');
  mocks.route53.on(ChangeResourceRecordSetsCommand).resolves({});
  expect(await remove()).toBeUndefined();
  expect(mutations()).toEqual([deleteCall]);
});

test('keeps a record that another certificate needs for its renewal', async () => {
  mockOthers('*.api.example.com');
  expect(await remove()).toEqual({ kept: 'another certificate for this name needs it' });
  expect(mutations()).toEqual([]);
});

test('counts a missing or changed record as removed', async () => {
  mockOthers();
  mocks.route53.on(ChangeResourceRecordSetsCommand).rejects(awsError('InvalidChangeBatch', 'not found'));
  expect(await remove()).toBeUndefined();
});

test('throws the error when AWS refuses a call', async () => {
  mockOthers();
  mocks.route53.on(ChangeResourceRecordSetsCommand).rejects(awsError('AccessDenied', 'not allowed'));
  await expect(remove()).rejects.toMatchObject({ message: 'not allowed' });
});
