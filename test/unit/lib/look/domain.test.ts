// The look for the domain: the calls that it makes, and the zones and records that it selects.
import {
  GetHostedZoneCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  ListTagsForResourceCommand,
  type HostedZone,
  type ListResourceRecordSetsRequest,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { describe, expect, test } from '@jest/globals';
import { lookDomain } from '../../../../lib/look/domain.ts';
import { lookRecord } from '../../../../lib/look/record.ts';
import { recordedIn } from '../../../../lib/look/context.ts';
import { awsError, config, domainOf, lookContextOf, mocks, sentCalls } from '../../step-harness.ts';

const zone = (id: string, name: string, more: Partial<HostedZone> = {}): HostedZone => ({
  Id: `/hostedzone/${id}`,
  Name: `${name}.`,
  CallerReference: `made-by-hand-${id}`,
  ...more,
});
const OURS = { CallerReference: 'shop-dev/token-1' };
const recordSet = (
  name: string,
  Type: ResourceRecordSet['Type'],
  ...values: string[]
): ResourceRecordSet => ({
  Name: `${name}.`,
  Type,
  ResourceRecords: values.map((Value) => ({ Value })),
});

/** Mocks the zones of the account, and the records of every zone. A zone with more than three records has a second page. */
function mockDns(zones: readonly HostedZone[], sets: readonly ResourceRecordSet[] = []): void {
  mocks.route53.on(ListHostedZonesCommand).resolves({ HostedZones: [...zones] });
  mocks.route53.on(ListTagsForResourceCommand).resolves({});
  mocks.route53.on(GetHostedZoneCommand).callsFake(({ Id }: { Id: string }) => ({
    DelegationSet: { NameServers: [`NS-1.of-${Id}.example`] },
  }));
  mocks.route53
    .on(ListResourceRecordSetsCommand)
    .callsFake(({ StartRecordName: start }: ListResourceRecordSetsRequest) => {
      const from = sets.findIndex(({ Name }) => start === undefined || Name === `${start}.`);
      return {
        ResourceRecordSets: from < 0 ? [] : sets.slice(from, from + 3),
        IsTruncated: start === undefined && sets.length > 3,
      };
    });
}
const stack = config({ domain: domainOf({ name: 'a.b.example.com', zone: 'example.com' }) });
const context = (hasState = true) => ({
  ...lookContextOf(stack),
  recorded: hasState ? recordedIn({ vpc: { vpcId: 'vpc-1' } }) : undefined,
});
const calls = () => sentCalls().map(({ command }) => command);
const listedNames = () =>
  sentCalls()
    .filter(({ command }) => command === 'ListResourceRecordSets')
    .map(({ input }) => (input as ListResourceRecordSetsRequest).StartRecordName);

test('no call is made without a domain', async () => {
  expect(await lookDomain(lookContextOf(config({ domain: undefined })))).toBeUndefined();
  expect(sentCalls()).toEqual([]);
});

describe('the records of the zone', () => {
  test('are read at the name and at each of its ancestors, and the call for the name is shared with the look for the record', async () => {
    mockDns([zone('Z1', 'example.com')], [recordSet('b.example.com', 'NS', 'NS.Elsewhere.example.')]);
    const sharedContext = context();
    await Promise.all([lookDomain(sharedContext), lookRecord(sharedContext)]);
    expect(calls().sort()).toEqual([
      'ListHostedZones',
      'ListResourceRecordSets',
      'ListResourceRecordSets',
      'ListTagsForResource',
    ]);
    expect(listedNames().sort()).toEqual(['a.b.example.com', 'b.example.com']);
    expect(await lookDomain(sharedContext)).toMatchObject({
      cut: { name: 'b.example.com', nameServers: ['ns.elsewhere.example'] },
      recordSets: [],
    });
  });

  test('are taken from the first page if there is no state and the zone has no other page', async () => {
    const aaaa = recordSet('a.b.example.com', 'AAAA', '2001:db8::1');
    mockDns([zone('Z1', 'example.com')], [recordSet('example.com', 'NS', 'ns.example.'), aaaa]);
    expect(await lookDomain(context(false))).toMatchObject({ cut: undefined, recordSets: [aaaa] });
    expect(listedNames()).toEqual([undefined]);
  });

  test('are also read by name if the zone has more than one page', async () => {
    const others = ['c', 'd', 'e'].map((label) => recordSet(`${label}.example.com`, 'TXT', '"x"'));
    const aaaa = recordSet('a.b.example.com', 'AAAA', '2001:db8::1');
    mockDns([zone('Z1', 'example.com')], [...others, aaaa]);
    expect(await lookDomain(context(false))).toMatchObject({ recordSets: [aaaa] });
    expect(listedNames()).toEqual([undefined, 'a.b.example.com', 'b.example.com']);
  });

  test('are listed once if the zone is ours', async () => {
    mockDns(
      [zone('Z1', 'example.com', OURS)],
      [
        recordSet('example.com', 'NS', 'NS-1.ours.example.'),
        recordSet('b.example.com', 'NS', 'ns.elsewhere.example'),
      ],
    );
    const sharedContext = context();
    await lookRecord(sharedContext);
    expect(await lookDomain(sharedContext)).toMatchObject({
      cut: { name: 'b.example.com' },
      nameServers: ['ns-1.ours.example'],
    });
    expect(listedNames()).toEqual([undefined]);
  });

  test('are also read at the apex of the zone, where the NS record delegates nothing', async () => {
    const sets = [
      recordSet('example.com', 'AAAA', '2001:db8::1'),
      recordSet('example.com', 'NS', 'ns.example.'),
    ];
    mockDns([zone('Z1', 'example.com')], sets);
    const apex = config({ domain: domainOf({ name: 'example.com', zone: 'example.com' }) });
    const found = await lookDomain({ ...context(), config: apex });
    expect(found).toMatchObject({ cut: undefined, recordSets: sets });
  });

  test('count as absent if the zone is deleted during the look', async () => {
    mockDns([zone('Z1', 'example.com')]);
    mocks.route53.on(ListResourceRecordSetsCommand).rejects(awsError('NoSuchHostedZone', 'none', 404));
    expect(await lookDomain(context())).toMatchObject({ cut: undefined, recordSets: [] });
  });
});

test('of several delegations the outermost counts, since resolvers follow it first', async () => {
  mockDns(
    [zone('Z1', 'example.com')],
    [recordSet('a.b.example.com', 'NS', 'inner.example'), recordSet('b.example.com', 'NS', 'outer.example')],
  );
  expect(await lookDomain(context())).toMatchObject({ cut: { name: 'b.example.com' } });
});

describe('the other zones of the account', () => {
  test('with longer names are considered if they contain the domain, the longest first', async () => {
    mockDns([
      zone('Z1', 'example.com'),
      zone('Z2', 'b.example.com'),
      zone('Z3', 'a.b.example.com'),
      zone('Z4', 'x.a.b.example.com'),
      zone('Z5', 'ab.example.com'),
    ]);
    expect((await lookDomain(context()))?.longerZone).toEqual({
      name: 'a.b.example.com',
      hostedZoneId: 'Z3',
      nameServers: ['ns-1.of-z3.example'],
    });
  });

  test('that are private or ours are not considered', async () => {
    const PrivateZone = { Config: { PrivateZone: true } };
    mockDns([
      zone('Z1', 'example.com'),
      zone('Z2', 'b.example.com', PrivateZone),
      zone('Z3', 'a.b.example.com', OURS),
      zone('Z4', 'com', PrivateZone),
    ]);
    expect(await lookDomain(context())).toMatchObject({ longerZone: undefined, parentZone: undefined });
    expect(calls()).not.toContain('GetHostedZone');
  });

  test('with shorter names are parents, the innermost first, even while the zone of the domain does not exist', async () => {
    mockDns([zone('Z1', 'com'), zone('Z2', 'ample.com')]);
    expect(await lookDomain(context())).toMatchObject({ parentZone: { name: 'com', hostedZoneId: 'Z1' } });
    expect(listedNames()).toEqual([]);
  });

  test('are not considered if they are deleted during the look', async () => {
    mockDns([zone('Z1', 'example.com'), zone('Z2', 'b.example.com')]);
    mocks.route53.on(GetHostedZoneCommand).rejects(awsError('NoSuchHostedZone', 'none', 404));
    expect(await lookDomain(context())).toMatchObject({ longerZone: undefined });
  });
});
