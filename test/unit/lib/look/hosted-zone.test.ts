// The look for the hosted zone of the domain: which zone is meant, and whose it is.
import {
  ListHostedZonesByNameCommand,
  ListTagsForResourceCommand,
  type HostedZone,
} from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import { lookHostedZone } from '../../../../lib/look/hosted-zone.ts';
import { upper, type Tags } from '../../../../lib/tags.ts';
import { awsError, config, mocks, ourTags, seeOf, sent } from '../../act.ts';

const zone = (id: string, more: Partial<HostedZone> = {}): HostedZone => ({
  Id: `/hostedzone/${id}`,
  Name: 'example.com.',
  CallerReference: `made-by-hand-${id}`,
  Config: { PrivateZone: false },
  ...more,
});

/** What the account has from this name on, in pages of two, and the tags of each. */
function holds(zones: readonly HostedZone[], tags: Readonly<Record<string, Tags>> = {}): void {
  mocks.route53.on(ListHostedZonesByNameCommand).callsFake(({ HostedZoneId }: { HostedZoneId?: string }) => {
    const start = zones.findIndex(
      ({ Id }) => HostedZoneId === undefined || Id === `/hostedzone/${HostedZoneId}`,
    );
    const next = zones[start + 2];
    return {
      HostedZones: zones.slice(start, start + 2),
      IsTruncated: next !== undefined,
      NextDNSName: next?.Name,
      NextHostedZoneId: next?.Id?.replace('/hostedzone/', ''),
    };
  });
  mocks.route53.on(ListTagsForResourceCommand).callsFake(({ ResourceId }: { ResourceId: string }) => ({
    ResourceTagSet: { Tags: upper(tags[ResourceId] ?? {}) },
  }));
}
const look = async () => (await lookHostedZone(seeOf())).get('');
const lists = () => sent().filter(({ command }) => command === 'ListHostedZonesByName');

test('asks for nothing without a domain', async () => {
  expect((await lookHostedZone(seeOf(config({ domain: undefined })))).size).toBe(0);
  expect(sent()).toEqual([]);
});

test('finds nothing where the list starts behind the name', async () => {
  holds([zone('Z9', { Name: 'example.org.' })]);
  expect(await look()).toBeUndefined();
  expect(sent()).toEqual([{ command: 'ListHostedZonesByName', input: { DNSName: 'example.com.' } }]);
});

test('reads ours', async () => {
  holds([zone('Z1')], { Z1: ourTags('hostedZone') });
  expect(await look()).toEqual({ hostedZoneId: 'Z1', name: 'example.com', tags: ourTags('hostedZone') });
  expect(sent().at(-1)).toEqual({
    command: 'ListTagsForResource',
    input: { ResourceType: 'hostedzone', ResourceId: 'Z1' },
  });
});

test("reads the account's own", async () => {
  holds([zone('Z1'), zone('Z2', { Name: 'example.com.au.' })], { Z1: { owner: 'bob' } });
  expect(await look()).toEqual({ hostedZoneId: 'Z1', name: 'example.com', tags: { owner: 'bob' } });
  expect(lists()).toHaveLength(1);
});

test('knows ours by its caller reference until it has its tags', async () => {
  holds([zone('Z1', { CallerReference: 'shop-dev/token-1' })]);
  expect((await look())?.tags).toEqual({ 'slipway:stack': 'shop-dev' });
});

test('does not take the caller reference of a stack whose name begins like ours for ours', async () => {
  holds([zone('Z1', { CallerReference: 'shop-dev-2/token-1' })]);
  expect((await look())?.tags).toEqual({});
});

test('passes over private zones of the name, however many pages they fill', async () => {
  const hidden = ['Z1', 'Z2', 'Z3', 'Z4'].map((id) => zone(id, { Config: { PrivateZone: true } }));
  holds([...hidden, zone('Z5'), zone('Z6', { Name: 'other.com.' }), zone('Z7', { Name: 'other.com.' })]);
  expect((await look())?.hostedZoneId).toBe('Z5');
  expect(lists().map(({ input }) => input)).toEqual([
    { DNSName: 'example.com.', HostedZoneId: undefined },
    { DNSName: 'example.com.', HostedZoneId: 'Z3' },
    { DNSName: 'example.com.', HostedZoneId: 'Z5' },
  ]);
});

test('chooses ours among several', async () => {
  holds([zone('Z1'), zone('Z2')], { Z2: ourTags('hostedZone') });
  expect((await look())?.hostedZoneId).toBe('Z2');
});

test('does not guess among several of which none is ours', async () => {
  holds([zone('Z1'), zone('Z2')]);
  await expect(look()).rejects.toMatchObject({ code: 'ZONE', why: expect.stringContaining('Z1, Z2') });
});

test('leaves out a zone that goes away while it looks', async () => {
  holds([zone('Z1'), zone('Z2')]);
  mocks.route53
    .on(ListTagsForResourceCommand, { ResourceId: 'Z1' })
    .rejects(awsError('NoSuchHostedZone', 'none', 404));
  expect((await look())?.hostedZoneId).toBe('Z2');
});
