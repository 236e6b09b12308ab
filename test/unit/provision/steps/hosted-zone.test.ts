// The step for the hosted zone: the calls that it makes for a zone of the stack and for a zone that the account already has.
import {
  ChangeTagsForResourceCommand,
  CreateHostedZoneCommand,
  ListHostedZonesCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { hostedZone } from '../../../../provision/steps/hosted-zone.ts';
import {
  awsError,
  config,
  mocks,
  ourTags,
  provisionStep,
  sentCalls,
  surveyOf,
  diffOf,
  domainOf,
} from '../../step-harness.ts';

const domain = domainOf({ name: 'api.example.com', zone: 'example.com', createZone: true });
const configWithOurZone = config({ domain });
const configWithAccountZone = config({ domain: { ...domain, createZone: false } });
const ourZone = { hostedZoneId: 'ZONE1', name: 'example.com', tags: ourTags('hostedZone') };
const accountZone = { ...ourZone, tags: {} };
const scenario = { noun: 'hostedZone' as const, config: configWithOurZone };

const createCall = {
  command: 'CreateHostedZone',
  input: {
    Name: 'example.com',
    CallerReference: 'shop-dev/token-1',
    HostedZoneConfig: { Comment: 'Made by Slipway for shop-dev' },
  },
};
const tagCall = {
  command: 'ChangeTagsForResource',
  input: {
    ResourceType: 'hostedzone',
    ResourceId: 'ZONE1',
    AddTags: toPascalCaseTags(ourTags('hostedZone')),
  },
};

/** Lets the look find a zone with this caller reference. */
function mockZone(CallerReference: string, Name = 'example.com.'): void {
  mocks.route53
    .on(ListHostedZonesCommand)
    .resolves({ HostedZones: [{ Id: '/hostedzone/ZONE1', Name, CallerReference }] });
  mocks.route53.on(ListTagsForResourceCommand).resolves({});
}

test('creates when missing, then tags the zone', async () => {
  mocks.route53.on(CreateHostedZoneCommand).resolves({
    HostedZone: { Id: '/hostedzone/ZONE1', Name: 'example.com.', CallerReference: '' },
    DelegationSet: { NameServers: ['ns-1.awsdns-01.com', 'ns-2.awsdns-02.net'] },
  });
  mocks.route53.on(ChangeTagsForResourceCommand).resolves({});
  const { shortChanges, ids, notes } = await provisionStep(hostedZone, scenario);
  expect(notes).toEqual(['name servers of example.com: ns-1.awsdns-01.com, ns-2.awsdns-02.net']);
  expect(shortChanges).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { hostedZoneId: 'ZONE1' } });
  expect(sentCalls()).toEqual([createCall, tagCall]);
});

test('creates when missing: if the response to an earlier create was lost, our zone with this caller reference is adopted', async () => {
  mocks.route53.on(CreateHostedZoneCommand).rejects(awsError('HostedZoneAlreadyExists', 'exists', 409));
  mocks.route53.on(ChangeTagsForResourceCommand).resolves({});
  mockZone('shop-dev/token-1');
  const { ids } = await provisionStep(hostedZone, scenario);
  expect(ids).toEqual({ '': { hostedZoneId: 'ZONE1' } });
  expect(sentCalls().at(-1)).toEqual(tagCall);
});

test('creates when missing: a zone with a foreign caller reference is not adopted', async () => {
  mocks.route53.on(CreateHostedZoneCommand).rejects(awsError('HostedZoneAlreadyExists', 'exists', 409));
  mockZone('somebody');
  await expect(provisionStep(hostedZone, scenario)).rejects.toMatchObject({ code: 'FOREIGN' });
  expect(sentCalls().map(({ command }) => command)).not.toContain('ChangeTagsForResource');
});

test('creates when missing: a caller reference that an earlier run used for another name is renewed', async () => {
  mocks.route53
    .on(CreateHostedZoneCommand)
    .rejectsOnce(awsError('HostedZoneAlreadyExists', 'exists', 409))
    .resolves({ HostedZone: { Id: '/hostedzone/ZONE2', Name: 'example.com.', CallerReference: '' } });
  mocks.route53.on(ChangeTagsForResourceCommand).resolves({});
  mockZone('shop-dev/token-1', 'old.com.');
  const { ids } = await provisionStep(hostedZone, { ...scenario, isResumed: true });
  expect(ids).toEqual({ '': { hostedZoneId: 'ZONE2' } });
  const creates = sentCalls().filter(({ command }) => command === 'CreateHostedZone');
  const second = { ...createCall.input, CallerReference: 'shop-dev/token-2' };
  expect(creates.map(({ input }) => input)).toEqual([createCall.input, second]);
});

test('creates when missing: a zone is not created twice if an earlier run missed the response to its create', async () => {
  mocks.route53.on(CreateHostedZoneCommand).rejects(awsError('HostedZoneAlreadyExists', 'exists', 409));
  mocks.route53.on(ChangeTagsForResourceCommand).resolves({});
  mockZone('shop-dev/token-1');
  const { ids } = await provisionStep(hostedZone, { ...scenario, isResumed: true });
  expect(ids).toEqual({ '': { hostedZoneId: 'ZONE1' } });
  expect(sentCalls().filter(({ command }) => command === 'CreateHostedZone')).toEqual([createCall]);
});

test.each([
  ['renamed', configWithOurZone],
  ['moved to a zone that the account already has', configWithAccountZone],
  ['no longer configured', config({ domain: undefined })],
])('zones of the stack that the domain no longer uses are removed when the domain is %s', (_what, stack) => {
  const old = { ...ourZone, name: 'old.com' };
  const current = stack.domain !== undefined && { '': stack === configWithOurZone ? ourZone : accountZone };
  const found = surveyOf({
    hostedZone: { ...current, 'old.com': old, 'other.com': { ...accountZone, name: 'other.com' } },
  });
  expect(diffOf(hostedZone, found, stack)).toMatchObject([
    { noun: 'hostedZone', key: 'old.com', verb: 'remove', reason: 'it is not in the configuration' },
  ]);
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(hostedZone, {
    ...scenario,
    found: { hostedZone: { '': ourZone } },
  });
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test.each([
  ['a zone that the stack did not create', accountZone],
  ['a zone that an earlier configuration created', ourZone],
])('adopts when present: %s is used as it is', async (_what, zone) => {
  const { shortChanges } = await provisionStep(hostedZone, {
    ...scenario,
    config: configWithAccountZone,
    found: { hostedZone: { '': zone } },
  });
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('adopts when present: without a domain nothing is changed', async () => {
  const { shortChanges } = await provisionStep(hostedZone, {
    ...scenario,
    config: config({ domain: undefined }),
  });
  expect(shortChanges).toEqual([]);
});

test('repairs drift', async () => {
  mocks.route53.on(ChangeTagsForResourceCommand).resolves({});
  // As after a run that was killed between the create and the tagging.
  const { shortChanges } = await provisionStep(hostedZone, {
    ...scenario,
    found: { hostedZone: { '': { ...ourZone, tags: { 'slipway:stack': 'shop-dev' } } } },
  });
  expect(shortChanges).toEqual([['update', '', 'tag.Name', 'tag.slipway:step', 'tag.slipway:key']]);
  expect(sentCalls()).toEqual([tagCall]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.route53.on(CreateHostedZoneCommand).rejects(awsError('TooManyHostedZones', 'too many zones', 500));
  await expect(provisionStep(hostedZone, scenario)).rejects.toMatchObject({ message: 'too many zones' });
  expect(sentCalls()).toEqual([createCall]);
});

test('explains refusal: a zone that the account already has is not created a second time', async () => {
  const { changes } = await provisionStep(hostedZone, {
    ...scenario,
    found: { hostedZone: { '': accountZone } },
  });
  expect(changes).toEqual([
    {
      noun: 'hostedZone',
      key: '',
      verb: 'refused',
      fields: [],
      reason:
        'it has our name but not our tags: someone else created it; without domain.createZone it would be used as it is',
    },
  ]);
  expect(sentCalls()).toEqual([]);
});

test('explains refusal: a zone that the account should already have is reported as missing', async () => {
  const { changes } = await provisionStep(hostedZone, { ...scenario, config: configWithAccountZone });
  expect(changes).toMatchObject([
    {
      verb: 'refused',
      reason: 'the account has no public hosted zone example.com, and domain.createZone is not set',
    },
  ]);
  expect(sentCalls()).toEqual([]);
});
