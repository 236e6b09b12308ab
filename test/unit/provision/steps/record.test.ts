// The step for the DNS record: the calls that it makes in each case.
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import type { FoundRecord } from '../../../../lib/look/record.ts';
import { record } from '../../../../provision/steps/record.ts';
import { awsError, config, mocks, provisionStep, sentCalls, surveyOf, diffOf } from '../../step-harness.ts';
import { existing } from '../../existing-resources.ts';

const { hostedZone, loadBalancer } = existing;
const DNS = 'shop-dev-1234567890.eu-west-1.elb.amazonaws.com';
const OUR_TAGS = { 'slipway:stack': 'shop-dev' };
const foundRecord: FoundRecord = {
  recordName: 'api.example.com',
  hostedZoneId: 'ZONE1',
  zoneIsOurs: false,
  aliasTo: DNS,
  aliasZoneId: 'ZBALANCER',
  evaluateTargetHealth: true,
  set: { Name: 'api.example.com.', Type: 'A' },
  tags: OUR_TAGS,
};
const scenario = { noun: 'record' as const, ids: { hostedZone, loadBalancer } };
const scenarioWith = (changes: Partial<FoundRecord> = {}) => ({
  ...scenario,
  found: { hostedZone, loadBalancer, record: { '': { ...foundRecord, ...changes } } },
});
const writeCall = (Action: 'CREATE' | 'UPSERT') => ({
  command: 'ChangeResourceRecordSets',
  input: {
    HostedZoneId: 'ZONE1',
    ChangeBatch: {
      Changes: [
        {
          Action,
          ResourceRecordSet: {
            Name: 'api.example.com',
            Type: 'A',
            AliasTarget: { DNSName: DNS, HostedZoneId: 'ZBALANCER', EvaluateTargetHealth: true },
          },
        },
      ],
    },
  },
});
const changeResponse = (Status: 'PENDING' | 'INSYNC') => ({
  ChangeInfo: { Id: '/change/C1', Status, SubmittedAt: undefined },
});
const alreadyExists = awsError(
  'InvalidChangeBatch',
  "[Tried to create resource record set [name='api.example.com.', type='A'] but it already exists]",
);

/** Lets the look find a record with this target. */
function mockRecord(DNSName: string): void {
  mocks.route53
    .on(ListHostedZonesCommand)
    .resolves({ HostedZones: [{ Id: 'ZONE1', Name: 'example.com.', CallerReference: '' }] });
  mocks.route53.on(ListTagsForResourceCommand).resolves({});
  mocks.route53.on(ListResourceRecordSetsCommand).resolves({
    ResourceRecordSets: [
      {
        Name: 'api.example.com.',
        Type: 'A',
        AliasTarget: { DNSName, HostedZoneId: 'Z', EvaluateTargetHealth: true },
      },
    ],
  });
}

test('creates when missing: waits until all name servers have the record', async () => {
  mocks.route53.on(ChangeResourceRecordSetsCommand).resolves(changeResponse('PENDING'));
  mocks.route53
    .on(GetChangeCommand)
    .rejectsOnce(awsError('NoSuchChange', 'none', 404))
    .resolvesOnce(changeResponse('PENDING'))
    .resolves(changeResponse('INSYNC'));
  const { shortChanges, ids } = await provisionStep(record, scenario);
  expect(shortChanges).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { recordName: 'api.example.com', hostedZoneId: 'ZONE1' } });
  const getChangeCall = { command: 'GetChange', input: { Id: '/change/C1' } };
  expect(sentCalls()).toEqual([writeCall('CREATE'), getChangeCall, getChangeCall, getChangeCall]);
});

test.each([
  ['with --no-wait the run does not wait for the change', 'PENDING' as const, false],
  ['the run does not wait for a change that is already in sync', 'INSYNC' as const, true],
])('creates when missing: %s', async (_what, status, waitUntilReady) => {
  mocks.route53.on(ChangeResourceRecordSetsCommand).resolves(changeResponse(status));
  await provisionStep(record, { ...scenario, waitUntilReady });
  expect(sentCalls()).toEqual([writeCall('CREATE')]);
});

test('creates when missing: if the response to an earlier create was lost, our record is set again', async () => {
  mocks.route53
    .on(ChangeResourceRecordSetsCommand)
    .rejectsOnce(alreadyExists)
    .resolves(changeResponse('INSYNC'));
  mockRecord(`dualstack.${DNS.toUpperCase()}.`);
  await provisionStep(record, scenario);
  const writes = sentCalls().filter(({ command }) => command === 'ChangeResourceRecordSets');
  expect(writes).toEqual([writeCall('CREATE'), writeCall('UPSERT')]);
});

test('creates when missing: a foreign record is never overwritten', async () => {
  mocks.route53.on(ChangeResourceRecordSetsCommand).rejects(alreadyExists);
  mockRecord('www.example.net.');
  await expect(provisionStep(record, scenario)).rejects.toMatchObject({
    code: 'FOREIGN',
    what: 'A resource that does not belong to this stack already uses the name api.example.com.',
  });
  const writes = sentCalls().filter(({ command }) => command === 'ChangeResourceRecordSets');
  expect(writes).toEqual([writeCall('CREATE')]);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(record, scenarioWith());
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('adopts when present: without a domain nothing is changed', async () => {
  const { shortChanges } = await provisionStep(record, {
    ...scenario,
    config: config({ domain: undefined }),
  });
  expect(shortChanges).toEqual([]);
});

test('a record that is no longer configured is removed', () => {
  const old = { ...foundRecord, recordName: 'old.example.com' };
  const foreign = { ...foundRecord, recordName: 'www.example.com', tags: {} };
  const found = surveyOf({ hostedZone, loadBalancer, record: { '': foundRecord, old, foreign } });
  const removal = {
    noun: 'record',
    key: 'old',
    verb: 'remove',
    reason: 'it is not in the configuration',
  };
  expect(diffOf(record, found)).toMatchObject([removal]);
  expect(diffOf(record, surveyOf({ record: { old, foreign } }), config({ domain: undefined }))).toMatchObject(
    [removal],
  );
});

test('repairs drift', async () => {
  mocks.route53.on(ChangeResourceRecordSetsCommand).resolves(changeResponse('INSYNC'));
  const { shortChanges } = await provisionStep(
    record,
    scenarioWith({ aliasTo: 'old.elb.amazonaws.com', aliasZoneId: 'Z0', evaluateTargetHealth: false }),
  );
  expect(shortChanges).toEqual([['update', '', 'alias to', 'alias zone', 'evaluate target health']]);
  expect(sentCalls()).toEqual([writeCall('UPSERT')]);
});

test('repairs drift: a load balancer that does not exist yet counts as a different target', async () => {
  mocks.route53.on(ChangeResourceRecordSetsCommand).resolves(changeResponse('INSYNC'));
  const { shortChanges } = await provisionStep(record, {
    ...scenario,
    found: { hostedZone, record: { '': foundRecord } },
  });
  expect(shortChanges).toEqual([['update', '', 'alias to', 'alias zone']]);
  expect(sentCalls()).toEqual([writeCall('UPSERT')]);
});

test('throws the error when AWS refuses a call', async () => {
  const message = '[Tried to create an alias that targets x, but that target was not found]';
  mocks.route53.on(ChangeResourceRecordSetsCommand).rejects(awsError('InvalidChangeBatch', message));
  await expect(provisionStep(record, scenario)).rejects.toMatchObject({ message });
  expect(sentCalls()).toEqual([writeCall('CREATE')]);
});

test('explains refusal: a foreign resource is refused, and nothing is sent', async () => {
  const { changes } = await provisionStep(record, scenarioWith({ aliasTo: 'www.example.net', tags: {} }));
  expect(changes).toMatchObject([
    { verb: 'refused', reason: expect.stringContaining('someone else created it') },
  ]);
  expect(sentCalls()).toEqual([]);
});
