// The look for hosted zones: the domain's zone, its owner, and our zones that are no longer configured.
import {
  GetHostedZoneCommand,
  ListHostedZonesCommand,
  ListTagsForResourceCommand,
  type HostedZone,
} from '@aws-sdk/client-route-53';
import { describe, expect, test } from '@jest/globals';
import { lookHostedZone } from '../../../../lib/look/hosted-zone.ts';
import { recordedIn } from '../../../../lib/look/context.ts';
import { toPascalCaseTags, type Tags } from '../../../../lib/derive/tags.ts';
import { awsError, config, domainOf, lookContextOf, mocks, ourTags, sentCalls } from '../../step-harness.ts';

const zone = (id: string, more: Partial<HostedZone> = {}): HostedZone => ({
  Id: `/hostedzone/${id}`,
  Name: 'example.com.',
  CallerReference: `made-by-hand-${id}`,
  Config: { PrivateZone: false },
  ...more,
});
const oldZone = (id: string, more: Partial<HostedZone> = {}) =>
  zone(id, { Name: 'old.com.', CallerReference: `shop-dev/token-${id}`, ...more });

/** Mocks the zones of the account, in pages of two, and the tags of each zone. */
function mockZones(zones: readonly HostedZone[], tags: Readonly<Record<string, Tags>> = {}): void {
  mocks.route53.on(ListHostedZonesCommand).callsFake(({ Marker }: { Marker?: string }) => {
    const start = zones.findIndex(({ Id }) => Marker === undefined || Id === `/hostedzone/${Marker}`);
    const next = zones[start + 2]?.Id?.replace('/hostedzone/', '');
    return {
      HostedZones: zones.slice(start, start + 2),
      IsTruncated: next !== undefined,
      NextMarker: next,
    };
  });
  mocks.route53.on(ListTagsForResourceCommand).callsFake(({ ResourceId }: { ResourceId: string }) => ({
    ResourceTagSet: { Tags: toPascalCaseTags(tags[ResourceId] ?? {}) },
  }));
}
const WITHOUT_DOMAIN = config({ domain: undefined });
/** The context of a look. @param recorded the addresses of the recorded zones, each with its id */
const lookContext = (stack = config(), recorded: Record<string, string> = {}) => ({
  ...lookContextOf(stack),
  recorded: recordedIn(
    Object.fromEntries(
      Object.entries(recorded).map(([address, hostedZoneId]) => [address, { hostedZoneId }]),
    ),
  ),
});
const look = async () => (await lookHostedZone(lookContext())).get('');
/** The key of each found zone, with its id. */
const foundZones = async (...context: Parameters<typeof lookContext>) =>
  [...(await lookHostedZone(lookContext(...context)))].map(([key, { hostedZoneId }]) => [key, hostedZoneId]);
const calls = () => sentCalls().map(({ command }) => command);

describe('the zone of the domain', () => {
  test('is missing when no zone has the configured name', async () => {
    mockZones([zone('Z9', { Name: 'example.org.' })]);
    expect(await look()).toBeUndefined();
    expect(calls()).toEqual(['ListHostedZones']);
  });

  test('is ours when its tags are ours', async () => {
    mockZones([zone('Z1')], { Z1: ourTags('hostedZone') });
    expect(await look()).toEqual({ hostedZoneId: 'Z1', name: 'example.com', tags: ourTags('hostedZone') });
    expect(sentCalls()).toEqual([
      { command: 'ListHostedZones', input: {} },
      { command: 'ListTagsForResource', input: { ResourceType: 'hostedzone', ResourceId: 'Z1' } },
    ]);
  });

  test('belongs to the account when its tags are not ours', async () => {
    mockZones([zone('Z1'), zone('Z2', { Name: 'example.com.au.' })], { Z1: { owner: 'bob' } });
    expect(await look()).toEqual({ hostedZoneId: 'Z1', name: 'example.com', tags: { owner: 'bob' } });
    expect(calls()).toEqual(['ListHostedZones', 'ListTagsForResource']);
  });

  test('is recognised as ours by its caller reference until it has its tags', async () => {
    mockZones([zone('Z1', { CallerReference: 'shop-dev/token-1' })]);
    expect((await look())?.tags).toEqual({ 'slipway:stack': 'shop-dev' });
  });

  test('is not ours when its caller reference names a stack whose name only starts with the name of this stack', async () => {
    mockZones([zone('Z1', { CallerReference: 'shop-dev-2/token-1' })]);
    expect((await look())?.tags).toEqual({});
  });

  test('is never a private zone, and may be on any page', async () => {
    const privateZones = ['Z1', 'Z2', 'Z3', 'Z4'].map((id) => zone(id, { Config: { PrivateZone: true } }));
    mockZones([...privateZones, zone('Z5')]);
    expect((await look())?.hostedZoneId).toBe('Z5');
    expect(sentCalls().slice(0, 3)).toEqual([
      { command: 'ListHostedZones', input: {} },
      { command: 'ListHostedZones', input: { Marker: 'Z3' } },
      { command: 'ListHostedZones', input: { Marker: 'Z5' } },
    ]);
  });

  test('is our zone if several zones have the configured name', async () => {
    mockZones([zone('Z1'), zone('Z2')], { Z2: ourTags('hostedZone') });
    expect(await foundZones()).toEqual([['', 'Z2']]);
  });

  test('is a problem if several zones have the configured name and none is ours', async () => {
    mockZones([zone('Z1'), zone('Z2')]);
    await expect(look()).rejects.toMatchObject({ code: 'ZONE', why: expect.stringContaining('Z1, Z2') });
  });

  test('is the remaining zone if one of two is deleted during the look', async () => {
    mockZones([zone('Z1'), zone('Z2')]);
    mocks.route53
      .on(ListTagsForResourceCommand, { ResourceId: 'Z1' })
      .rejects(awsError('NoSuchHostedZone', 'none', 404));
    expect((await look())?.hostedZoneId).toBe('Z2');
  });

  test('is the recorded zone if two zones are ours; the other zone gets a key that is never desired', async () => {
    const CallerReference = 'shop-dev/token-1';
    mockZones([zone('Z1', { CallerReference }), zone('Z2', { CallerReference })]);
    expect(await foundZones(config(), { hostedZone: 'Z2' })).toEqual([
      ['', 'Z2'],
      ['example.com', 'Z1'],
    ]);
  });
});

describe('our zones whose names are not configured', () => {
  test("are found beside the domain's zone, and keyed by their names", async () => {
    mockZones([oldZone('Z1'), zone('Z2'), oldZone('Z3', { Name: 'older.com.' }), oldZone('Z4')]);
    expect(await foundZones()).toEqual([
      ['old.com', 'Z1'],
      ['older.com', 'Z3'],
      ['old.com~2', 'Z4'],
      ['', 'Z2'],
    ]);
  });

  test('are found without a domain or a state, with one list call and one tag call per zone', async () => {
    mockZones([oldZone('Z1'), zone('Z2')]);
    expect(await foundZones(WITHOUT_DOMAIN)).toEqual([['old.com', 'Z1']]);
    expect(calls()).toEqual(['ListHostedZones', 'ListTagsForResource']);
  });

  test('are recognised by their tags alone if they are recorded', async () => {
    mockZones([zone('Z1'), zone('Z2')], { Z1: ourTags('hostedZone'), Z2: ourTags('hostedZone') });
    expect(await foundZones(WITHOUT_DOMAIN, { hostedZone: 'Z1' })).toEqual([['example.com', 'Z1']]);
  });

  test("do not include the account's own zones, even if they are recorded", async () => {
    mockZones([zone('Z1')]);
    expect(await foundZones(WITHOUT_DOMAIN, { hostedZone: 'Z1' })).toEqual([]);
  });

  test('need only the list call if no such zone exists', async () => {
    mockZones([zone('Z1'), zone('Z2', { CallerReference: 'shop-prod/token-1' })]);
    expect(await foundZones(WITHOUT_DOMAIN)).toEqual([]);
    expect(calls()).toEqual(['ListHostedZones']);
  });
});

describe('a recorded zone that is missing from the list', () => {
  test('is requested by its id, and found', async () => {
    mockZones([]);
    const HostedZone = zone('Z1', { CallerReference: 'shop-dev/token-1' });
    mocks.route53.on(GetHostedZoneCommand, { Id: 'Z1' }).resolves({ HostedZone });
    expect(await foundZones(config(), { hostedZone: 'Z1' })).toEqual([['', 'Z1']]);
    expect(calls()).toEqual(['ListHostedZones', 'GetHostedZone', 'ListTagsForResource']);
  });

  test('counts as deleted when Route 53 does not find it', async () => {
    mockZones([]);
    mocks.route53.on(GetHostedZoneCommand).rejects(awsError('NoSuchHostedZone', 'none', 404));
    expect(await foundZones(config(), { hostedZone: 'Z1' })).toEqual([]);
  });
});

describe('a failure to list hosted zones', () => {
  const denied = awsError('AccessDenied', 'not authorized to perform: route53:ListHostedZones', 403);

  test.each([
    ['a domain', config(), {}],
    ['a recorded zone', WITHOUT_DOMAIN, { hostedZone: 'Z1' }],
  ])(
    'makes the look fail for a stack with %s, since a zone that cannot be seen may exist',
    async (_what, stack, recorded) => {
      mocks.route53.on(ListHostedZonesCommand).rejects(denied);
      await expect(foundZones(stack, recorded)).rejects.toBe(denied);
    },
  );

  test.each([
    ['a denial', denied],
    ['a missing service', awsError('NotImplemented', 'no Route 53 here', 501)],
  ])('is ignored for a stack without a domain or a recorded zone: %s', async (_what, error) => {
    mocks.route53.on(ListHostedZonesCommand).rejects(error);
    expect(await foundZones(WITHOUT_DOMAIN)).toEqual([]);
  });

  test('makes the look fail if it has any other cause', async () => {
    const other = awsError('InvalidInput', 'no', 400);
    mocks.route53.on(ListHostedZonesCommand).rejects(other);
    await expect(foundZones(WITHOUT_DOMAIN)).rejects.toBe(other);
  });
});

describe('a zone that is named by its id', () => {
  const byId = (zoneId: string, names: string[] = []) =>
    config({ domain: domainOf({ name: 'api.example.com', names, zone: undefined, zoneId }) });
  const found = (zoneId: string) => lookHostedZone(lookContext(byId(zoneId)));

  test('is the one of several zones of the same name', async () => {
    mockZones([zone('Z1'), zone('Z2'), zone('Z3', { Name: 'example.org.' })]);
    expect(
      [...(await found('Z2'))].map(([key, { hostedZoneId, name }]) => [key, hostedZoneId, name]),
    ).toEqual([['', 'Z2', 'example.com']]);
  });

  test('is missing if the account has no zone with the id', async () => {
    mockZones([zone('Z1')]);
    expect([...(await found('Z9'))]).toEqual([]);
  });

  test.each<[string, Partial<HostedZone>, string]>([
    ['is private', { Config: { PrivateZone: true } }, 'The zone Z1 (example.com) is private.'],
    [
      'does not contain the domain',
      { Name: 'example.org.' },
      'The zone Z1 (example.org) does not contain api.example.com.',
    ],
  ])('is refused if it %s', async (_, more, what) => {
    mockZones([zone('Z1', more)]);
    await expect(found('Z1')).rejects.toMatchObject({ code: 'ZONE', what });
  });

  test('is refused if it does not contain one of the other names', async () => {
    mockZones([zone('Z1')]);
    const stack = byId('Z1', ['www.example.com', 'shop.example.org']);
    await expect(lookHostedZone(lookContext(stack))).rejects.toMatchObject({
      code: 'ZONE',
      what: 'The zone Z1 (example.com) does not contain shop.example.org.',
    });
  });
});
