// The sandbox's hosted zones, through the SDK's client.
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  GetHostedZoneCountCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  UpdateHostedZoneCommentCommand,
} from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf, sandbox } from '../../harness.ts';

const createCommand = (Name: string, CallerReference = Name) =>
  new CreateHostedZoneCommand({ Name, CallerReference });

test('a zone is created with four name servers and with its NS and SOA record sets', async () => {
  const { route53 } = await sandbox();
  const made = await route53.send(
    new CreateHostedZoneCommand({
      Name: 'Shop.Example.com',
      CallerReference: 'once',
      HostedZoneConfig: { Comment: 'for tests' },
    }),
  );
  const Id = made.HostedZone?.Id;
  expect(made).toMatchObject({
    HostedZone: {
      Id: expect.stringMatching(/^\/hostedzone\/Z[A-Z0-9]+$/),
      Name: 'shop.example.com.',
      CallerReference: 'once',
      Config: { Comment: 'for tests', PrivateZone: false },
      ResourceRecordSetCount: 2,
    },
    ChangeInfo: { Id: expect.stringMatching(/^\/change\/C[A-Z0-9]+$/), Status: 'PENDING' },
    Location: `https://route53.amazonaws.com/2013-04-01${Id}`,
  });
  const servers = made.DelegationSet?.NameServers ?? [];
  expect(servers.map((server) => server.replace(/^ns-\d+\.awsdns-\d\d\./, ''))).toEqual([
    'com',
    'net',
    'org',
    'co.uk',
  ]);
  const { ResourceRecordSets } = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: Id }));
  expect(ResourceRecordSets).toMatchObject([
    {
      Name: 'shop.example.com.',
      Type: 'NS',
      TTL: 172800,
      ResourceRecords: servers.map((server) => ({ Value: `${server}.` })),
    },
    { Name: 'shop.example.com.', Type: 'SOA', TTL: 900 },
  ]);
  const found = await route53.send(new GetHostedZoneCommand({ Id }));
  expect(found).toMatchObject({ HostedZone: made.HostedZone, DelegationSet: { NameServers: servers } });
});

test('a caller reference can be used only once; another reference creates another zone of the same name', async () => {
  const { route53 } = await sandbox();
  const first = await route53.send(createCommand('example.com', 'one'));
  expect(await refusalOf(route53.send(createCommand('example.com', 'one')))).toEqual({
    code: 'HostedZoneAlreadyExists',
    message: 'A hosted zone has already been created with the specified caller reference: one',
  });
  const second = await route53.send(createCommand('example.com', 'two'));
  expect(second.HostedZone?.Id).not.toBe(first.HostedZone?.Id);
  expect(second.DelegationSet?.NameServers).not.toEqual(first.DelegationSet?.NameServers);
  expect((await route53.send(new GetHostedZoneCountCommand({}))).HostedZoneCount).toBe(2);
});

test('a change is PENDING until the name servers have it', async () => {
  const clock = manualClock();
  const { route53 } = await sandbox({ clock, pace: 1 });
  const { ChangeInfo } = await route53.send(createCommand('example.com'));
  const status = async (Id = ChangeInfo?.Id) =>
    (await route53.send(new GetChangeCommand({ Id }))).ChangeInfo?.Status;
  clock.advance(29_000);
  expect(await status()).toBe('PENDING');
  clock.advance(1_000);
  expect(await status()).toBe('INSYNC');
  expect(await status(ChangeInfo?.Id?.replace('/change/', ''))).toBe('INSYNC');
});

test('a zone can be found by its id with or without the prefix', async () => {
  const { route53 } = await sandbox();
  const Id = (await route53.send(createCommand('example.com'))).HostedZone?.Id ?? '';
  for (const id of [Id, Id.replace('/hostedzone/', '')]) {
    expect((await route53.send(new GetHostedZoneCommand({ Id: id }))).HostedZone?.Id).toBe(Id);
  }
});

test('unknown zones and changes are refused with an error that names their id', async () => {
  const { route53 } = await sandbox();
  const noZone = { code: 'NoSuchHostedZone', message: 'No hosted zone found with ID: Z0' };
  expect(await refusalOf(route53.send(new GetHostedZoneCommand({ Id: 'Z0' })))).toEqual(noZone);
  expect(await refusalOf(route53.send(new DeleteHostedZoneCommand({ Id: 'Z0' })))).toEqual(noZone);
  const records = route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: '/hostedzone/Z0' }));
  expect(await refusalOf(records)).toEqual(noZone);
  expect(await refusalOf(route53.send(new GetChangeCommand({ Id: '/change/C0' })))).toEqual({
    code: 'NoSuchChange',
    message: 'Could not find resource with ID: C0',
  });
});

test.each([
  ['', 'DomainNameEmpty'],
  ['.', 'DomainNameEmpty'],
  ['a..com', 'DomainLabelEmpty'],
  [`${'a'.repeat(64)}.com`, 'DomainLabelTooLong'],
  [`${'abcdefg.'.repeat(32)}com`, 'DomainNameTooLong'],
])('CreateHostedZone refuses the domain name "%s" with %s', async (name, words) => {
  const { route53 } = await sandbox();
  expect(await refusalOf(route53.send(createCommand(name, 'one')))).toEqual({
    code: 'InvalidDomainName',
    message: expect.stringContaining(words),
  });
});

test('private zones and empty or long caller references are refused', async () => {
  const { route53 } = await sandbox();
  const privateZone = new CreateHostedZoneCommand({
    Name: 'example.com',
    CallerReference: 'one',
    HostedZoneConfig: { PrivateZone: true },
  });
  expect(await refusalOf(route53.send(privateZone))).toMatchObject({ code: 'NotImplemented' });
  expect(await refusalOf(route53.send(createCommand('example.com', '')))).toMatchObject({
    code: 'InvalidInput',
  });
  expect(await refusalOf(route53.send(createCommand('example.com', 'r'.repeat(129))))).toMatchObject({
    code: 'InvalidInput',
  });
});

test('a zone can be deleted only when its NS and SOA record sets are the only ones left', async () => {
  const { route53 } = await sandbox();
  const HostedZoneId = (await route53.send(createCommand('example.com'))).HostedZone?.Id;
  const change = (Action: 'CREATE' | 'DELETE') =>
    route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId,
        ChangeBatch: {
          Changes: [
            {
              Action,
              ResourceRecordSet: {
                Name: 'www.example.com',
                Type: 'A',
                TTL: 60,
                ResourceRecords: [{ Value: '192.0.2.1' }],
              },
            },
          ],
        },
      }),
    );
  await change('CREATE');
  expect(await refusalOf(route53.send(new DeleteHostedZoneCommand({ Id: HostedZoneId })))).toEqual({
    code: 'HostedZoneNotEmpty',
    message:
      'The specified hosted zone contains non-required resource record sets  and so cannot be deleted.',
  });
  await change('DELETE');
  const { ChangeInfo } = await route53.send(new DeleteHostedZoneCommand({ Id: HostedZoneId }));
  expect(ChangeInfo?.Status).toBe('PENDING');
  expect(await refusalOf(route53.send(new GetHostedZoneCommand({ Id: HostedZoneId })))).toMatchObject({
    code: 'NoSuchHostedZone',
  });
  // The name can be used again, but the caller reference cannot.
  expect(await refusalOf(route53.send(createCommand('example.com')))).toMatchObject({
    code: 'HostedZoneAlreadyExists',
  });
  await route53.send(createCommand('example.com', 'another'));
});

test('the comment of a zone can be changed', async () => {
  const { route53 } = await sandbox();
  const Id = (await route53.send(createCommand('example.com'))).HostedZone?.Id;
  await route53.send(new UpdateHostedZoneCommentCommand({ Id, Comment: 'ours' }));
  const { HostedZone } = await route53.send(new GetHostedZoneCommand({ Id }));
  expect(HostedZone?.Config).toEqual({ Comment: 'ours', PrivateZone: false });
});

test('ListHostedZonesByName does not search for a name: it lists all zones from that name on, in order of reversed labels', async () => {
  const { route53 } = await sandbox();
  for (const name of ['example.org', 'www.example.com', 'example.com', 'a.com'])
    await route53.send(createCommand(name));
  await route53.send(createCommand('example.com', 'second'));
  const list = (input: object) => route53.send(new ListHostedZonesByNameCommand(input));
  const names = async (input: object) => ((await list(input)).HostedZones ?? []).map(({ Name }) => Name);
  const all = ['a.com.', 'example.com.', 'example.com.', 'www.example.com.', 'example.org.'];
  expect(await names({})).toEqual(all);
  expect(await names({ DNSName: 'Example.com' })).toEqual(all.slice(1));
  expect(await names({ DNSName: 'nothing.com.' })).toEqual(['example.org.']);
  const first = await list({ DNSName: 'example.com', MaxItems: 1 });
  expect(first).toMatchObject({
    DNSName: 'example.com',
    IsTruncated: true,
    NextDNSName: 'example.com.',
    NextHostedZoneId: expect.stringMatching(/^Z/),
    MaxItems: 1,
  });
  const next = await list({
    DNSName: first.NextDNSName,
    HostedZoneId: first.NextHostedZoneId,
    MaxItems: 1,
  });
  expect(next.HostedZones?.[0]?.Id).toBe(`/hostedzone/${first.NextHostedZoneId}`);
  expect(next.NextDNSName).toBe('www.example.com.');
  expect(await refusalOf(list({ HostedZoneId: 'Z0' }))).toMatchObject({ code: 'InvalidInput' });
});

test('ListHostedZones returns all zones page by page', async () => {
  const { route53 } = await sandbox();
  for (const name of ['a.com', 'b.com', 'c.com']) await route53.send(createCommand(name));
  const list = (input: object) => route53.send(new ListHostedZonesCommand(input));
  const first = await list({ MaxItems: 2 });
  expect(first).toMatchObject({ IsTruncated: true, MaxItems: 2 });
  const second = await list({ MaxItems: 2, Marker: first.NextMarker });
  expect(second).toMatchObject({ IsTruncated: false, Marker: first.NextMarker });
  const names = [...(first.HostedZones ?? []), ...(second.HostedZones ?? [])].map(({ Name }) => Name);
  expect(names.sort()).toEqual(['a.com.', 'b.com.', 'c.com.']);
  expect((await list({ HostedZoneType: 'PrivateHostedZone' })).HostedZones).toEqual([]);
  expect(await refusalOf(list({ MaxItems: 0 }))).toMatchObject({ code: 'InvalidInput' });
});

test('an account can have at most five hundred zones', async () => {
  const { route53 } = await sandbox();
  await Promise.all(Array.from({ length: 500 }, (_, i) => route53.send(createCommand(`z${i}.com`))));
  expect(await refusalOf(route53.send(createCommand('more.com')))).toMatchObject({
    code: 'TooManyHostedZones',
  });
}, 30_000);
