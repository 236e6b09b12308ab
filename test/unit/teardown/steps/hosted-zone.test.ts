// The removal of the hosted zone: the calls that it makes in each case.
import { DeleteHostedZoneCommand, ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import { hostedZone } from '../../../../teardown/steps/hosted-zone.ts';
import { awsError, mocks, ourTags, sentCalls, removeContextOf } from '../../step-harness.ts';

const item = { hostedZoneId: 'ZONE1', name: 'example.com', tags: ourTags('hostedZone') };
const remove = () => hostedZone.remove(removeContextOf({ noun: 'hostedZone' }, item));
const deleteCall = { command: 'DeleteHostedZone', input: { Id: 'ZONE1' } };

test('removes what is ours', async () => {
  mocks.route53.on(DeleteHostedZoneCommand).resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall]);
});

test('removes what is ours: retries while Route 53 processes the previous request', async () => {
  mocks.route53
    .on(DeleteHostedZoneCommand)
    .rejectsOnce(awsError('PriorRequestNotComplete', 'still processing a prior request'))
    .resolves({});
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall, deleteCall]);
});

test('counts a missing resource as removed', async () => {
  mocks.route53.on(DeleteHostedZoneCommand).rejects(awsError('NoSuchHostedZone', 'none', 404));
  expect(await remove()).toBeUndefined();
  expect(sentCalls()).toEqual([deleteCall]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.route53.on(DeleteHostedZoneCommand).rejects(awsError('AccessDenied', 'not allowed', 403));
  await expect(remove()).rejects.toMatchObject({ message: 'not allowed' });
  expect(sentCalls()).toEqual([deleteCall]);
});

test('explains refusal: a zone with foreign records is kept, and the records are listed', async () => {
  mocks.route53
    .on(DeleteHostedZoneCommand)
    .rejects(awsError('HostedZoneNotEmpty', 'The specified hosted zone contains non-required record sets'));
  mocks.route53.on(ListResourceRecordSetsCommand).resolves({
    ResourceRecordSets: [
      { Name: 'example.com.', Type: 'NS' },
      { Name: 'example.com.', Type: 'SOA' },
      { Name: 'example.com.', Type: 'MX' },
      { Name: 'sub.example.com.', Type: 'NS' },
    ],
  });
  await expect(remove()).rejects.toMatchObject({
    code: 'FOREIGN',
    what: 'The zone example.com (ZONE1) contains records that do not belong to this stack, so it cannot be removed.',
    why: 'example.com (MX)\nsub.example.com (NS)',
  });
});
