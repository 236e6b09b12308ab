// The look for records: the record of the domain, our records that are no longer configured, and the owner of each record.
import {
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  ListTagsForResourceCommand,
  type HostedZone,
  type ListResourceRecordSetsRequest,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { describe, expect, test } from '@jest/globals';
import { refetchRecord, lookRecord, normalisedAliasName } from '../../../../lib/look/record.ts';
import { recordedIn } from '../../../../lib/look/context.ts';
import type { StateData } from '../../../../lib/state/format.ts';
import { awsError, config, mocks, lookContextOf, sentCalls } from '../../step-harness.ts';

const BALANCER = 'shop-dev-1234567890.eu-west-1.elb.amazonaws.com';
const alias = (DNSName: string, more: Partial<ResourceRecordSet> = {}): ResourceRecordSet => ({
  Name: 'api.example.com.',
  Type: 'A',
  AliasTarget: { DNSName, HostedZoneId: 'ZBALANCER', EvaluateTargetHealth: true },
  ...more,
});
const ourRecord = (name: string) => alias(`${BALANCER}.`, { Name: `${name}.` });
const foreignRecord = (name: string) => alias('www.example.net.', { Name: `${name}.` });

const zone = (id: string, more: Partial<HostedZone> = {}): HostedZone => ({
  Id: `/hostedzone/${id}`,
  Name: 'example.com.',
  CallerReference: `made-by-hand-${id}`,
  ...more,
});
const OUR_ZONE = { CallerReference: 'shop-dev/token-1' };

/** Mocks the zones of the account, and their records in pages of two. */
function mockZones(
  zones: readonly HostedZone[],
  sets: Readonly<Record<string, readonly ResourceRecordSet[]>>,
): void {
  mocks.route53.on(ListHostedZonesCommand).resolves({ HostedZones: [...zones] });
  mocks.route53.on(ListTagsForResourceCommand).resolves({});
  mocks.route53.on(ListResourceRecordSetsCommand).callsFake((input: ListResourceRecordSetsRequest) => {
    const all = sets[input.HostedZoneId ?? ''] ?? [];
    const from = all.filter(({ Name = '' }) => Name >= (input.StartRecordName ?? ''));
    const next = from[2];
    return {
      ResourceRecordSets: from.slice(0, input.MaxItems ?? 2),
      IsTruncated: next !== undefined,
      NextRecordName: next?.Name,
      NextRecordType: next?.Type,
    };
  });
}
const WITHOUT_DOMAIN = config({ domain: undefined });
const lookContext = (stack = config(), resources: StateData['resources'] = {}) => ({
  ...lookContextOf(stack),
  recorded: recordedIn(resources),
});
const RECORDED = { hostedZone: { hostedZoneId: 'Z1' }, record: { recordName: 'api.example.com' } };
const look = async (...context: Parameters<typeof lookContext>) =>
  (await lookRecord(lookContext(...context))).get('');
/** The key of each found record, with its name and its zone. */
const foundRecords = async (...context: Parameters<typeof lookContext>) =>
  [...(await lookRecord(lookContext(...context)))].map(([key, item]) => [
    key,
    `${item.recordName} in ${item.hostedZoneId}`,
  ]);
/** The inputs of the list calls. */
const listings = () =>
  sentCalls()
    .filter(({ command }) => command === 'ListResourceRecordSets')
    .map(({ input }) => input);
const listingByName = (HostedZoneId: string, StartRecordName: string) => ({
  HostedZoneId,
  StartRecordName,
  MaxItems: 100,
});
const OURS = { 'slipway:stack': 'shop-dev' };

describe('the record of the domain', () => {
  test('is an alias of our load balancer', async () => {
    const set = alias(`dualstack.${BALANCER}.`);
    mockZones([zone('Z1')], { Z1: [set] });
    expect(await look(config(), RECORDED)).toEqual({
      recordName: 'api.example.com',
      hostedZoneId: 'Z1',
      zoneIsOurs: false,
      aliasTo: BALANCER,
      aliasZoneId: 'ZBALANCER',
      evaluateTargetHealth: true,
      set,
      tags: OURS,
    });
    expect(listings()).toEqual([listingByName('Z1', 'api.example.com')]);
  });

  test.each([
    ['our earlier load balancer', BALANCER.replace('123', '999'), OURS],
    ["another stack's load balancer", BALANCER.replace('shop-dev', 'shop-dev-2'), {}],
    ['a load balancer of the same name in another region', BALANCER.replace('eu-west-1', 'us-east-1'), {}],
    ['any other name', 'www.example.net', {}],
  ])('has an owner that depends on the target of its alias: %s', async (_what, name, tags) => {
    mockZones([zone('Z1')], { Z1: [alias(`${name}.`)] });
    expect((await look())?.tags).toEqual(tags);
  });

  test('is ours in our own zone, whatever its target', async () => {
    const set = { Name: 'api.example.com.', Type: 'A' as const, ResourceRecords: [{ Value: '192.0.2.1' }] };
    mockZones([zone('Z1', OUR_ZONE)], { Z1: [set] });
    expect(await look()).toMatchObject({
      zoneIsOurs: true,
      aliasTo: '',
      aliasZoneId: '',
      evaluateTargetHealth: false,
      tags: OURS,
    });
  });

  test.each([
    ['a CNAME', { Name: 'api.example.com.', Type: 'CNAME' as const }],
    ['one of several weighted records', alias(`${BALANCER}.`, { SetIdentifier: 'one', Weight: 1 })],
  ])(
    'is never ours, in any zone, when it is %s, since Slipway never creates such a record',
    async (_what, set) => {
      mockZones([zone('Z1', OUR_ZONE)], { Z1: [set] });
      expect((await look())?.tags).toEqual({});
    },
  );

  test.each([
    ['no records', []],
    ['only a record with a later name', [foreignRecord('b.example.com')]],
    ['only a record of another type with this name', [{ Name: 'api.example.com.', Type: 'TXT' as const }]],
  ])('is missing when the zone contains %s', async (_what, sets) => {
    mockZones([zone('Z1')], { Z1: sets });
    expect(await foundRecords(config(), RECORDED)).toEqual([]);
  });

  test('belongs to the stage whose load balancer it leads to', async () => {
    const sets = { Z1: [alias('dualstack.internal-shop-prod-42.eu-west-1.elb.amazonaws.com.')] };
    mockZones([zone('Z1')], sets);
    expect(await look()).toMatchObject({ tags: { 'slipway:stack': 'shop-prod' } });
  });

  test('has no known owner when it leads to the load balancer of a stack with another name', async () => {
    mockZones([zone('Z1')], { Z1: [alias('shop-a-prod-42.eu-west-1.elb.amazonaws.com.')] });
    expect(await look()).toMatchObject({ tags: {} });
  });

  test('is missing when the zone is deleted during the look', async () => {
    mockZones([zone('Z1')], {});
    mocks.route53.on(ListResourceRecordSetsCommand).rejects(awsError('NoSuchHostedZone', 'none', 404));
    expect(await look()).toBeUndefined();
  });
});

describe('our records whose names are not configured', () => {
  test('are found in our own zone by their targets, across all pages; foreign records are not', async () => {
    mockZones([zone('Z1', OUR_ZONE)], {
      Z1: [
        foreignRecord('a.example.com'),
        ourRecord('api.example.com'),
        ourRecord('old.example.com'),
        ourRecord('older.example.com'),
      ],
    });
    expect(await foundRecords()).toEqual([
      ['', 'api.example.com in Z1'],
      ['old.example.com', 'old.example.com in Z1'],
      ['older.example.com', 'older.example.com in Z1'],
    ]);
    expect(listings()).toEqual([
      { HostedZoneId: 'Z1' },
      { HostedZoneId: 'Z1', StartRecordName: 'old.example.com.', StartRecordType: 'A' },
    ]);
  });

  test('are found in our own zone by their recorded name, whatever their targets', async () => {
    const recorded = { ...RECORDED, record: { recordName: 'old.example.com', hostedZoneId: 'Z1' } };
    mockZones([zone('Z1', OUR_ZONE)], {
      Z1: [foreignRecord('old.example.com'), foreignRecord('www.example.com')],
    });
    expect(await foundRecords(config(), recorded)).toEqual([['old.example.com', 'old.example.com in Z1']]);
  });

  test('are also found in our zones that are not configured', async () => {
    mockZones([zone('Z1', OUR_ZONE), zone('Z2', { ...OUR_ZONE, Name: 'old.com.' })], {
      Z1: [ourRecord('api.example.com')],
      Z2: [ourRecord('api.old.com'), foreignRecord('www.old.com')],
    });
    expect(await foundRecords()).toEqual([
      ['', 'api.example.com in Z1'],
      ['api.old.com', 'api.old.com in Z2'],
    ]);
    expect(await foundRecords(WITHOUT_DOMAIN)).toEqual([
      ['api.example.com', 'api.example.com in Z1'],
      ['api.old.com', 'api.old.com in Z2'],
    ]);
  });

  test('have separate keys for the same name in two zones', async () => {
    mockZones([zone('Z1', OUR_ZONE), zone('Z2', OUR_ZONE)], {
      Z1: [ourRecord('api.example.com')],
      Z2: [ourRecord('api.example.com')],
    });
    expect((await foundRecords(WITHOUT_DOMAIN)).map(([key]) => key)).toEqual([
      'api.example.com',
      'api.example.com~2',
    ]);
  });

  test("are found in the account's zone by their recorded name, if their target is our load balancer", async () => {
    const recordedAfterRename = { ...RECORDED, record: { recordName: 'old.example.com' } };
    mockZones([zone('Z1')], { Z1: [ourRecord('api.example.com'), ourRecord('old.example.com')] });
    expect(await foundRecords(config(), recordedAfterRename)).toEqual([
      ['', 'api.example.com in Z1'],
      ['old.example.com', 'old.example.com in Z1'],
    ]);
    expect(listings()).toEqual([
      listingByName('Z1', 'api.example.com'),
      listingByName('Z1', 'old.example.com'),
    ]);
  });

  test("are not found in the account's zone once they have another target", async () => {
    mockZones([zone('Z1')], { Z1: [foreignRecord('api.example.com')] });
    expect(await foundRecords(WITHOUT_DOMAIN, RECORDED)).toEqual([]);
  });

  test("do not include the next record after a recorded name in the account's zone", async () => {
    mockZones([zone('Z1')], { Z1: [ourRecord('www.example.com')] });
    expect(await foundRecords(WITHOUT_DOMAIN, RECORDED)).toEqual([]);
  });

  test("are found in the account's zone even without a domain, since the state has their name and zone", async () => {
    mockZones([zone('Z1')], { Z1: [ourRecord('api.example.com')] });
    expect(await foundRecords(WITHOUT_DOMAIN, RECORDED)).toEqual([
      ['api.example.com', 'api.example.com in Z1'],
    ]);
    expect(listings()).toEqual([listingByName('Z1', 'api.example.com')]);
  });

  test('are found in the zone that is recorded with them, whichever zone is recorded for the domain', async () => {
    const recordedAfterMove = {
      hostedZone: { hostedZoneId: 'Z2' },
      'record.api.old.com': { recordName: 'api.old.com', hostedZoneId: 'Z1' },
    };
    mockZones([zone('Z1', { Name: 'old.com.' }), zone('Z2')], { Z1: [ourRecord('api.old.com')], Z2: [] });
    expect(await foundRecords(config(), recordedAfterMove)).toEqual([['api.old.com', 'api.old.com in Z1']]);
  });

  test("are not looked for in the account's zone when the state has no such records", async () => {
    mockZones([zone('Z1')], { Z1: [ourRecord('api.example.com'), ourRecord('old.example.com')] });
    expect(await foundRecords(config(), { vpc: { vpcId: 'vpc-1' } })).toEqual([
      ['', 'api.example.com in Z1'],
    ]);
    expect(listings()).toEqual([listingByName('Z1', 'api.example.com')]);
  });

  test("are found on the first page of the domain's zone if there is no state", async () => {
    mockZones([zone('Z1')], {
      Z1: [ourRecord('a.example.com'), foreignRecord('aa.example.com'), ourRecord('api.example.com')],
    });
    expect(await foundRecords()).toEqual([
      ['a.example.com', 'a.example.com in Z1'],
      ['', 'api.example.com in Z1'],
    ]);
    expect(listings()).toEqual([{ HostedZoneId: 'Z1' }, listingByName('Z1', 'api.example.com')]);
  });

  test('need no call if there is no domain, no zone of this stack and no recorded zone', async () => {
    mockZones([zone('Z1')], { Z1: [ourRecord('api.example.com')] });
    expect(await foundRecords(WITHOUT_DOMAIN)).toEqual([]);
    expect(listings()).toEqual([]);
  });
});

describe('a second look at a record', () => {
  const refetchAfter = async (sets: readonly ResourceRecordSet[], zoneIsOurs = false) => {
    mockZones([zone('Z1', zoneIsOurs ? OUR_ZONE : {})], { Z1: [ourRecord('api.example.com')] });
    const before = await look();
    if (!before) throw new Error('no record for the second look');
    mockZones([], { Z1: sets });
    return refetchRecord(lookContext(), before);
  };

  test('returns the current target of the record', async () => {
    expect(await refetchAfter([foreignRecord('api.example.com')])).toMatchObject({
      aliasTo: 'www.example.net',
      tags: {},
    });
  });

  test('counts the record as ours in our own zone, whatever its target', async () => {
    expect(await refetchAfter([foreignRecord('api.example.com')], true)).toMatchObject({ tags: OURS });
  });

  test('returns undefined when the record is deleted', async () => {
    expect(await refetchAfter([foreignRecord('b.example.com')])).toBeUndefined();
  });

  test('returns undefined when its zone is deleted', async () => {
    mockZones([zone('Z1')], { Z1: [ourRecord('api.example.com')] });
    const before = await look();
    mocks.route53.on(ListResourceRecordSetsCommand).rejects(awsError('NoSuchHostedZone', 'none', 404));
    expect(before && (await refetchRecord(lookContext(), before))).toBeUndefined();
  });
});

test.each([
  ['API.Example.com.', 'api.example.com'],
  ['dualstack.lb-1.elb.amazonaws.com', 'lb-1.elb.amazonaws.com'],
  [undefined, ''],
])('the name of an alias is normalised: %s', (name, normal) => {
  expect(normalisedAliasName(name)).toBe(normal);
});
