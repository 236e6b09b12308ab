// The record sets of the sandbox's hosted zones, through the SDK's client.
import {
  ChangeResourceRecordSetsCommand,
  DeleteHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type Change,
} from '@aws-sdk/client-route-53';
import { DeleteLoadBalancerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { alias, aliasScene, batchOf, record, zoneScene } from './scene.ts';

const www = record('www.example.com', 'A', ['192.0.2.1', '192.0.2.2']);

test('a record set can be created once, upserted repeatedly, and deleted only with its current values', async () => {
  const { change, records } = await zoneScene();
  const { ChangeInfo } = await change(batchOf('CREATE', www));
  expect(ChangeInfo).toMatchObject({ Status: 'PENDING', Id: expect.stringMatching(/^\/change\/C/) });
  expect(await records()).toEqual([{ ...www, Name: 'www.example.com.' }]);
  const name = "resource record set [name='www.example.com.', type='A']";
  expect(await refusalOf(change(batchOf('CREATE', www)))).toEqual({
    code: 'InvalidChangeBatch',
    message: `[Tried to create ${name} but it already exists]`,
  });
  const moved = record('WWW.example.com.', 'A', ['192.0.2.3'], { TTL: 300 });
  await change(batchOf('UPSERT', moved));
  await change(batchOf('UPSERT', moved));
  expect(await refusalOf(change(batchOf('DELETE', www)))).toEqual({
    code: 'InvalidChangeBatch',
    message: `[Tried to delete ${name} but the values provided do not match the current values]`,
  });
  await change(batchOf('DELETE', moved));
  expect(await records()).toEqual([]);
  expect(await refusalOf(change(batchOf('DELETE', moved)))).toEqual({
    code: 'InvalidChangeBatch',
    message: `[Tried to delete ${name} but it was not found]`,
  });
});

test('a deletion must have the same TTL as the record set, but may list the values in any order', async () => {
  const { change, records } = await zoneScene();
  await change(batchOf('CREATE', www));
  const withOtherTtl = { ...www, TTL: 61 };
  expect(await refusalOf(change(batchOf('DELETE', withOtherTtl)))).toMatchObject({
    code: 'InvalidChangeBatch',
  });
  await change(batchOf('DELETE', record('www.example.com', 'A', ['192.0.2.2', '192.0.2.1'])));
  expect(await records()).toEqual([]);
});

test('a batch with errors changes nothing and is refused with all of its errors', async () => {
  const { change, records } = await zoneScene();
  const good = record('good.example.com', 'A', ['192.0.2.1']);
  const batch = [
    ...batchOf('CREATE', good, record('bad.example.com', 'A', ['here'])),
    ...batchOf('DELETE', record('none.example.com', 'A', ['192.0.2.1'])),
  ];
  expect(await refusalOf(change(batch))).toEqual({
    code: 'InvalidChangeBatch',
    message:
      "[Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with 'here'', Tried to delete resource record set [name='none.example.com.', type='A'] but it was not found]",
  });
  expect(await records()).toEqual([]);
});

test('one batch can replace a record set with another of a different type', async () => {
  const { change, records } = await zoneScene();
  await change(batchOf('CREATE', www));
  const cname = record('www.example.com', 'CNAME', ['other.example.org']);
  await change([...batchOf('DELETE', www), ...batchOf('CREATE', cname)]);
  expect(await records()).toEqual([{ ...cname, Name: 'www.example.com.' }]);
});

test('a star in a name is always returned as an octal escape', async () => {
  const { change, records } = await zoneScene();
  await change(batchOf('CREATE', record('*.App.example.com', 'A', ['192.0.2.1'])));
  await change(batchOf('UPSERT', record('\\052.app.example.com.', 'A', ['192.0.2.1'])));
  expect((await records()).map(({ Name }) => Name)).toEqual(['\\052.app.example.com.']);
});

const weighted = (SetIdentifier: string, more = {}) =>
  record('w.example.com', 'A', ['192.0.2.1'], { SetIdentifier, Weight: 1, ...more });
const cname = record('www.example.com', 'CNAME', ['a.example.org']);
const refusedChanges: [string, Change[], string][] = [
  [
    'a name in another zone',
    batchOf('CREATE', record('www.example.org', 'A', ['192.0.2.1'])),
    'RRSet with DNS name www.example.org. is not permitted in zone example.com.',
  ],
  [
    'a name that ends like the zone but is outside it',
    batchOf('CREATE', record('anexample.com', 'A', ['192.0.2.1'])),
    'RRSet with DNS name anexample.com. is not permitted in zone example.com.',
  ],
  [
    'an empty label',
    batchOf('CREATE', record('a..example.com', 'A', ['192.0.2.1'])),
    "FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with 'a..example.com'",
  ],
  [
    'a CNAME at the apex',
    batchOf('CREATE', record('example.com', 'CNAME', ['a.example.org'])),
    'RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.',
  ],
  [
    'a CNAME beside other record sets',
    batchOf('CREATE', www, cname),
    'RRSet of type CNAME with DNS name www.example.com. is not permitted as it conflicts with other records with the same DNS name in zone example.com.',
  ],
  [
    'a record set beside a CNAME',
    batchOf('CREATE', cname, www),
    'RRSet of type A with DNS name www.example.com. is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone example.com.',
  ],
  [
    'the same record set twice',
    batchOf('UPSERT', www, www),
    "The request contains an invalid set of changes for a resource record set 'A www.example.com.'",
  ],
  [
    'the same value twice',
    batchOf('CREATE', record('www.example.com', 'A', ['192.0.2.1', '192.0.2.1'])),
    "Duplicate Resource Record: '192.0.2.1'",
  ],
  [
    'an invalid IPv6 address',
    batchOf('CREATE', record('www.example.com', 'AAAA', ['192.0.2.1'])),
    "Invalid Resource Record: 'FATAL problem: AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address) encountered with '192.0.2.1''",
  ],
  [
    'a TXT value without quotation marks',
    batchOf('CREATE', record('www.example.com', 'TXT', ['hello'])),
    "Invalid Resource Record: 'FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) encountered with 'hello''",
  ],
  [
    'a CNAME of two values',
    batchOf('CREATE', record('www.example.com', 'CNAME', ['a.example.org', 'b.example.org'])),
    'RRSet of type CNAME with DNS name www.example.com. can have only one resource record',
  ],
  [
    'a simple record set beside weighted ones',
    batchOf('CREATE', weighted('one'), record('w.example.com', 'A', ['192.0.2.1'])),
    'RRSet with DNS name w.example.com., type A cannot be created as other RRSets exist with the same name and type.',
  ],
  [
    'a weighted record set beside a simple one',
    batchOf('CREATE', record('w.example.com', 'A', ['192.0.2.1']), weighted('one')),
    'RRSet with DNS name w.example.com., type A, SetIdentifier one cannot be created as a non-weighted set exists with the same name and type.',
  ],
  [
    'weighted record sets of different TTLs',
    batchOf('CREATE', weighted('one'), weighted('two', { TTL: 300 })),
    'RRSet with DNS name w.example.com., type A, SetIdentifier two cannot be created as weighted sets must contain the same TTL.',
  ],
  [
    'too many records',
    batchOf(
      'UPSERT',
      record(
        'many.example.com',
        'TXT',
        Array.from({ length: 501 }, (_, i) => `"${i}"`),
      ),
    ),
    'Number of records limit of 1000 exceeded.',
  ],
  [
    'too many characters',
    batchOf('CREATE', record('long.example.com', 'TXT', [`"${'x'.repeat(32_000)}"`])),
    'Number of characters limit of 32000 exceeded.',
  ],
];
test.each(refusedChanges)('ChangeResourceRecordSets refuses %s', async (_name, changes, message) => {
  const { change, records } = await zoneScene();
  expect(await refusalOf(change(changes))).toEqual({ code: 'InvalidChangeBatch', message: `[${message}]` });
  expect(await records()).toEqual([]);
});

const where = (type = 'A', identifier = 'null') =>
  `in Change with [Action=CREATE, Name=www.example.com, Type=${type}, SetIdentifier=${identifier}]`;
const contentsMessage =
  'Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]';
const malformedChanges: [string, Change[], string, string][] = [
  ['no change', [], 'InvalidInput', 'at least one change'],
  [
    'no TTL',
    batchOf('CREATE', { ...www, TTL: undefined }),
    'InvalidInput',
    `${contentsMessage}, but found none ${where()}`,
  ],
  ['no values', batchOf('CREATE', { ...www, ResourceRecords: [] }), 'InvalidInput', `found none ${where()}`],
  [
    'an alias with a TTL',
    batchOf('CREATE', alias('www.example.com', 'Z1', 'a.example.com', { TTL: 60 })),
    'InvalidInput',
    `${contentsMessage}, but found more than one ${where()}`,
  ],
  [
    'an alias that does not say whether to evaluate its target',
    batchOf('CREATE', {
      Name: 'www.example.com',
      Type: 'A',
      AliasTarget: { HostedZoneId: 'Z1', DNSName: 'a.example.com', EvaluateTargetHealth: undefined },
    }),
    'InvalidInput',
    "One of '{EvaluateTargetHealth}' is expected",
  ],
  ['a negative TTL', batchOf('CREATE', { ...www, TTL: -1 }), 'InvalidInput', 'TTL must be between'],
  [
    'a weight without an identifier',
    batchOf('CREATE', { ...www, Weight: 1 }),
    'InvalidInput',
    `Missing field 'SetIdentifier' ${where()}`,
  ],
  [
    'an identifier without a routing policy',
    batchOf('CREATE', { ...www, SetIdentifier: 'one' }),
    'InvalidInput',
    `but found none ${where('A', 'one')}`,
  ],
  [
    'two routing policies',
    batchOf('CREATE', { ...www, SetIdentifier: 'one', Weight: 1, MultiValueAnswer: true }),
    'InvalidInput',
    'but found more than one',
  ],
  [
    'a weight above 255',
    batchOf('CREATE', { ...www, SetIdentifier: 'one', Weight: 256 }),
    'InvalidInput',
    'Weight must be between 0 and 255',
  ],
  [
    'an unknown type',
    batchOf('CREATE', { ...www, Type: 'B' as 'A' }),
    'InvalidInput',
    "Value 'B' is not facet-valid",
  ],
  [
    'an unknown action',
    batchOf('MERGE' as 'CREATE', www),
    'InvalidInput',
    "Value 'MERGE' is not facet-valid",
  ],
  [
    'an unknown health check',
    batchOf('CREATE', { ...www, HealthCheckId: 'abc' }),
    'NoSuchHealthCheck',
    'abc',
  ],
  [
    'a routing policy by region',
    batchOf('CREATE', { ...www, SetIdentifier: 'one', Region: 'eu-west-1' }),
    'NotImplemented',
    'Region in a record set',
  ],
];
test.each(malformedChanges)(
  'ChangeResourceRecordSets refuses a batch with %s',
  async (_name, changes, code, words) => {
    const { change } = await zoneScene();
    expect(await refusalOf(change(changes))).toEqual({ code, message: expect.stringContaining(words) });
  },
);

test('the NS and SOA record sets of a zone can be changed but not deleted', async () => {
  const { change, route53, zoneId } = await zoneScene();
  const { ResourceRecordSets = [] } = await route53.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }),
  );
  expect(await refusalOf(change(batchOf('DELETE', ...ResourceRecordSets)))).toEqual({
    code: 'InvalidChangeBatch',
    message:
      '[A HostedZone must contain at least one NS record for the zone itself., A HostedZone must contain exactly one SOA record.]',
  });
  await change(batchOf('UPSERT', record('example.com', 'NS', ['ns1.example.org.'])));
  await route53.send(new DeleteHostedZoneCommand({ Id: zoneId }));
});

test('record sets with different identifiers coexist and can be deleted separately', async () => {
  const { change, records } = await zoneScene();
  await change(batchOf('CREATE', weighted('two'), weighted('one')));
  expect((await records()).map(({ SetIdentifier }) => SetIdentifier)).toEqual(['one', 'two']);
  expect(await refusalOf(change(batchOf('CREATE', weighted('one'))))).toEqual({
    code: 'InvalidChangeBatch',
    message:
      "[Tried to create resource record set [name='w.example.com.', type='A', set-identifier='one'] but it already exists]",
  });
  expect(await refusalOf(change(batchOf('DELETE', weighted('one', { Weight: 2 }))))).toMatchObject({
    code: 'InvalidChangeBatch',
  });
  await change(batchOf('DELETE', weighted('one')));
  expect((await records()).map(({ SetIdentifier }) => SetIdentifier)).toEqual(['two']);
});

test('the target of an alias to a load balancer is returned in lower case with a trailing dot', async () => {
  const { CanonicalHostedZoneId, change, DNSName, records } = await aliasScene();
  expect(DNSName).toMatch(/^Web-/);
  const plain = alias('www.example.com', CanonicalHostedZoneId, DNSName);
  const dual = alias('dual.example.com', CanonicalHostedZoneId, `dualstack.${DNSName}`);
  await change(batchOf('CREATE', plain, dual));
  const target = { HostedZoneId: CanonicalHostedZoneId, EvaluateTargetHealth: false };
  expect(await records()).toEqual([
    {
      Name: 'dual.example.com.',
      Type: 'A',
      AliasTarget: { ...target, DNSName: `dualstack.${DNSName.toLowerCase()}.` },
    },
    { Name: 'www.example.com.', Type: 'A', AliasTarget: { ...target, DNSName: `${DNSName.toLowerCase()}.` } },
  ]);
  const other = { ...plain, AliasTarget: { ...target, DNSName, EvaluateTargetHealth: true } };
  expect(await refusalOf(change(batchOf('DELETE', other)))).toMatchObject({ code: 'InvalidChangeBatch' });
  await change(batchOf('DELETE', plain, dual));
  expect(await records()).toEqual([]);
});

test("an alias to a load balancer must name an existing load balancer and that load balancer's zone", async () => {
  const { makeBalancer, CanonicalHostedZoneId, change, DNSName, elbv2, describeBalancer, zoneId } =
    await aliasScene();
  const messagePrefix = (name: string, zone: string) =>
    `Tried to create an alias that targets ${name.toLowerCase()}., type A in zone ${zone}, but`;
  const missing = `none-0123456789.eu-west-1.elb.amazonaws.localhost`;
  expect(
    await refusalOf(change(batchOf('CREATE', alias('a.example.com', CanonicalHostedZoneId, missing)))),
  ).toEqual({
    code: 'InvalidChangeBatch',
    message: `[${messagePrefix(missing, CanonicalHostedZoneId)} that target was not found]`,
  });
  for (const zone of [zoneId, 'Z0000000000000']) {
    expect(await refusalOf(change(batchOf('CREATE', alias('a.example.com', zone, DNSName))))).toEqual({
      code: 'InvalidChangeBatch',
      message: `[${messagePrefix(DNSName, zone)} the alias target name does not lie within the target zone, ${messagePrefix(DNSName, zone)} that target was not found]`,
    });
  }
  const LoadBalancerArn = await makeBalancer('gone');
  const goneName = (await describeBalancer('gone'))?.DNSName ?? '';
  await change(batchOf('CREATE', alias('a.example.com', CanonicalHostedZoneId, goneName)));
  await elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
  expect(
    await refusalOf(change(batchOf('UPSERT', alias('a.example.com', CanonicalHostedZoneId, goneName)))),
  ).toMatchObject({ message: expect.stringContaining('was not found') });
});

test('an alias can point to a record set of its own zone and type', async () => {
  const { change, records, zoneId } = await zoneScene();
  await change(batchOf('CREATE', www));
  await change(batchOf('CREATE', alias('a.example.com', zoneId, 'www.example.com')));
  expect(await records()).toHaveLength(2);
  const otherType = alias('b.example.com', zoneId, 'www.example.com', { Type: 'AAAA' });
  expect(await refusalOf(change(batchOf('CREATE', otherType)))).toMatchObject({ code: 'InvalidChangeBatch' });
});

test('record sets are listed page by page, starting at a given name, in order of reversed labels and then of type', async () => {
  const { change, route53, zoneId } = await zoneScene();
  await change(
    batchOf(
      'CREATE',
      record('b.a.example.com', 'A', ['192.0.2.1']),
      record('c.example.com', 'TXT', ['"c"']),
      record('c.example.com', 'A', ['192.0.2.1']),
      record('a.example.com', 'A', ['192.0.2.1']),
    ),
  );
  const list = async (input: object) =>
    route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, ...input }));
  const listKeys = async (input: object) =>
    ((await list(input)).ResourceRecordSets ?? []).map(({ Name, Type }) => `${Name} ${Type}`);
  const all = [
    'example.com. NS',
    'example.com. SOA',
    'a.example.com. A',
    'b.a.example.com. A',
    'c.example.com. A',
    'c.example.com. TXT',
  ];
  expect(await listKeys({})).toEqual(all);
  expect(await listKeys({ StartRecordName: 'b.example.com' })).toEqual(all.slice(4));
  expect(await listKeys({ StartRecordName: 'c.example.com', StartRecordType: 'TXT' })).toEqual(all.slice(5));
  const next = { NextRecordName: 'c.example.com.', NextRecordType: 'TXT' };
  expect(await list({ MaxItems: 5 })).toMatchObject({ IsTruncated: true, MaxItems: 5, ...next });
  expect(await listKeys({ StartRecordName: next.NextRecordName, StartRecordType: 'TXT' })).toEqual(
    all.slice(5),
  );
  expect(await refusalOf(list({ StartRecordType: 'A' }))).toMatchObject({ code: 'InvalidInput' });
  expect(
    await refusalOf(list({ StartRecordName: 'c.example.com', StartRecordIdentifier: 'one' })),
  ).toMatchObject({ code: 'InvalidInput' });
});

test('a batch for an unknown zone is refused', async () => {
  const { change, route53 } = await zoneScene();
  expect(await refusalOf(change(batchOf('CREATE', www), 'Z0'))).toMatchObject({ code: 'NoSuchHostedZone' });
  const withComment = new ChangeResourceRecordSetsCommand({
    HostedZoneId: 'Z0',
    ChangeBatch: { Comment: 'why', Changes: batchOf('CREATE', www) },
  });
  expect(await refusalOf(route53.send(withComment))).toMatchObject({ code: 'NoSuchHostedZone' });
});
