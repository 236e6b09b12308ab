// The removal of the DNS record: AWS deletes a record only if the request repeats it exactly.
import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import type { FoundRecord } from '../../../../lib/look/record.ts';
import { record } from '../../../../teardown/steps/record.ts';
import { awsError, mocks, sentCalls, removeContextOf } from '../../step-harness.ts';

const recordSet = (DNSName: string, EvaluateTargetHealth = true): ResourceRecordSet => ({
  Name: 'api.example.com.',
  Type: 'A',
  AliasTarget: { DNSName, HostedZoneId: 'ZBALANCER', EvaluateTargetHealth },
});
const OUR_DNS_NAME = 'shop-dev-1234567890.eu-west-1.elb.amazonaws.com.';
const item = {
  hostedZoneId: 'ZONE1',
  zoneIsOurs: false,
  recordName: 'api.example.com',
  set: recordSet(OUR_DNS_NAME),
} as FoundRecord;
const remove = () => record.remove(removeContextOf({ noun: 'record' }, item));
const deleteCall = (ResourceRecordSet: ResourceRecordSet) => ({
  command: 'ChangeResourceRecordSets',
  input: { HostedZoneId: 'ZONE1', ChangeBatch: { Changes: [{ Action: 'DELETE', ResourceRecordSet }] } },
});
const mismatch = awsError('InvalidChangeBatch', 'the values provided do not match the current values');
const writes = () => sentCalls().filter(({ command }) => command === 'ChangeResourceRecordSets');

/** Mocks the records that the next lookup returns. */
function mockRecords(...sets: ResourceRecordSet[]): void {
  mocks.route53.on(ListResourceRecordSetsCommand).resolves({ ResourceRecordSets: sets });
}

test('removes what is ours', async () => {
  mocks.route53.on(ChangeResourceRecordSetsCommand).resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall(recordSet(OUR_DNS_NAME))]);
});

test('removes what is ours: a record that changed after the survey is deleted in its current form', async () => {
  mocks.route53.on(ChangeResourceRecordSetsCommand).rejectsOnce(mismatch).resolves({});
  mockRecords(recordSet(OUR_DNS_NAME, false));
  expect(await remove()).toBeUndefined();
  expect(writes()).toEqual([deleteCall(recordSet(OUR_DNS_NAME)), deleteCall(recordSet(OUR_DNS_NAME, false))]);
});

test('keeps a record that now has another target', async () => {
  mocks.route53.on(ChangeResourceRecordSetsCommand).rejects(mismatch);
  mockRecords(recordSet('www.example.net.'));
  expect(await remove()).toEqual({ kept: 'it now points somewhere else' });
  expect(writes()).toHaveLength(1);
});

test('counts a missing resource as removed', async () => {
  mocks.route53
    .on(ChangeResourceRecordSetsCommand)
    .rejects(awsError('InvalidChangeBatch', '[Tried to delete resource record set, but it was not found]'));
  mockRecords();
  expect(await remove()).toBeUndefined();
  expect(writes()).toHaveLength(1);
});

test('counts a missing resource as removed: a record whose zone is gone', async () => {
  mocks.route53
    .on(ChangeResourceRecordSetsCommand)
    .rejects(awsError('NoSuchHostedZone', 'No hosted zone found', 404));
  expect(await remove()).toBeUndefined();
});

test('throws the error when AWS refuses a call', async () => {
  mocks.route53.on(ChangeResourceRecordSetsCommand).rejects(awsError('AccessDenied', 'not allowed', 403));
  await expect(remove()).rejects.toMatchObject({ message: 'not allowed' });
  expect(sentCalls()).toEqual([deleteCall(recordSet(OUR_DNS_NAME))]);
});

test('throws the error when AWS refuses a call: AWS still refuses the current form of the record', async () => {
  mocks.route53.on(ChangeResourceRecordSetsCommand).rejects(mismatch);
  mockRecords(recordSet(OUR_DNS_NAME));
  await expect(remove()).rejects.toMatchObject({ message: mismatch.message });
  expect(writes()).toHaveLength(2);
});
