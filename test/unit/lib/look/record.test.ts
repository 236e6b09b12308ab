// The look for the record of the domain: what stands at the name, and whose it is.
import {
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  ListTagsForResourceCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { describe, expect, test } from '@jest/globals';
import { lookRecord, normalName } from '../../../../lib/look/record.ts';
import { upper, type Tags } from '../../../../lib/tags.ts';
import { awsError, config, mocks, ourTags, seeOf, sent } from '../../act.ts';

const BALANCER = 'shop-dev-1234567890.eu-west-1.elb.amazonaws.com';
const alias = (DNSName: string, more: Partial<ResourceRecordSet> = {}): ResourceRecordSet => ({
  Name: 'api.example.com.',
  Type: 'A',
  AliasTarget: { DNSName, HostedZoneId: 'ZBALANCER', EvaluateTargetHealth: true },
  ...more,
});

function zoneHas(set: ResourceRecordSet | undefined, tags: Tags = {}): void {
  mocks.route53
    .on(ListHostedZonesByNameCommand)
    .resolves({ HostedZones: [{ Id: '/hostedzone/ZONE1', Name: 'example.com.', CallerReference: '' }] });
  mocks.route53.on(ListTagsForResourceCommand).resolves({ ResourceTagSet: { Tags: upper(tags) } });
  mocks.route53.on(ListResourceRecordSetsCommand).resolves({ ResourceRecordSets: set ? [set] : [] });
}
const look = async () => (await lookRecord(seeOf())).get('');
const OURS = { 'slipway:stack': 'shop-dev' };

describe('the look', () => {
  test('reads an alias of our load balancer', async () => {
    const set = alias(`dualstack.${BALANCER}.`);
    zoneHas(set);
    expect(await look()).toEqual({
      recordName: 'api.example.com',
      hostedZoneId: 'ZONE1',
      aliasTo: BALANCER,
      aliasZoneId: 'ZBALANCER',
      evaluateTargetHealth: true,
      set,
      tags: OURS,
    });
    expect(sent().at(-1)).toEqual({
      command: 'ListResourceRecordSets',
      input: {
        HostedZoneId: 'ZONE1',
        StartRecordName: 'api.example.com',
        StartRecordType: 'A',
        MaxItems: 1,
      },
    });
  });

  test.each([
    ['of an earlier load balancer of ours', BALANCER.replace('123', '999'), OURS],
    ["of another stack's load balancer", BALANCER.replace('shop-dev', 'shop-dev-2'), {}],
    ['of a load balancer of the same name in another region', BALANCER.replace('eu-west-1', 'us-east-1'), {}],
    ['of anything else', 'www.example.net', {}],
  ])('tells whose an alias is: %s', async (_what, name, tags) => {
    zoneHas(alias(`${name}.`));
    expect((await look())?.tags).toEqual(tags);
  });

  test('takes what is in our own zone for ours', async () => {
    zoneHas(
      { Name: 'api.example.com.', Type: 'A', ResourceRecords: [{ Value: '192.0.2.1' }] },
      ourTags('hostedZone'),
    );
    expect(await look()).toMatchObject({
      aliasTo: '',
      aliasZoneId: '',
      evaluateTargetHealth: false,
      tags: OURS,
    });
  });

  test.each([
    ['a CNAME', { Name: 'api.example.com.', Type: 'CNAME' as const }],
    ['one of several weighted records', alias(`${BALANCER}.`, { SetIdentifier: 'one', Weight: 1 })],
  ])("never takes %s for ours: it is somebody else's doing, in whatever zone", async (_what, set) => {
    zoneHas(set, ourTags('hostedZone'));
    expect((await look())?.tags).toEqual({});
  });

  test.each([
    ['nothing', undefined],
    ['the next name', alias(BALANCER, { Name: 'b.example.com.' })],
    ['another type at the name', { Name: 'api.example.com.', Type: 'TXT' as const }],
  ])('finds nothing where the list has %s', async (_what, set) => {
    zoneHas(set);
    expect(await look()).toBeUndefined();
  });

  test('finds nothing when the zone goes away while it looks', async () => {
    zoneHas(undefined);
    mocks.route53.on(ListResourceRecordSetsCommand).rejects(awsError('NoSuchHostedZone', 'none', 404));
    expect(await look()).toBeUndefined();
  });

  test('asks for nothing without a domain', async () => {
    expect((await lookRecord(seeOf(config({ domain: undefined })))).size).toBe(0);
    expect(sent()).toEqual([]);
  });
});

test.each([
  ['API.Example.com.', 'api.example.com'],
  ['dualstack.lb-1.elb.amazonaws.com', 'lb-1.elb.amazonaws.com'],
  [undefined, ''],
])('the normal form of %s', (name, normal) => {
  expect(normalName(name)).toBe(normal);
});
