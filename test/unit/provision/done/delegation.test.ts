// The delegation of the zone that the stack creates: queries to a real DNS server, and the advice for the user.
import { createSocket, type Socket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { GetHostedZoneCommand } from '@aws-sdk/client-route-53';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { delegationEvents, ownZone, type LookUpServers } from '../../../../provision/done/delegation.ts';
import { localWaits } from '../../../../lib/engine/waits.ts';
import { engineContext } from '../../engine-harness.ts';
import { config, domainOf, mocks, sentCalls } from '../../step-harness.ts';

const NAME_SERVERS = [
  'ns-1.awsdns-01.com',
  'ns-2.awsdns-02.net',
  'ns-3.awsdns-03.org',
  'ns-4.awsdns-04.co.uk',
];
const stack = (name = 'api.example.com', createZone = true) =>
  config({ domain: domainOf({ name, zone: name.slice(4), createZone }) });
const ids = { hostedZone: new Map([['', { hostedZoneId: 'Z1' }]]) };
const aws = { settings: { region: 'eu-west-1' }, waits: localWaits, endpointName: 'aws', sandbox: undefined };

let server: Socket;
/** The answer of the DNS server: a response code and the names of NS records; undefined for no answer. */
let answer: { readonly code: number; readonly names: readonly string[] } | undefined;

beforeEach(async () => {
  mocks.route53
    .on(GetHostedZoneCommand, { Id: 'Z1' })
    .resolves({ DelegationSet: { NameServers: NAME_SERVERS } });
  server = createSocket('udp4', (query, { port, address }) => {
    if (answer) server.send(responseTo(query, answer), port, address);
  });
  await new Promise<void>((bound) => server.bind(0, '127.0.0.1', bound));
});
afterEach(() => new Promise<void>((closed) => server.close(closed)));

/** Encodes a DNS response (RFC 1035, section 4). */
function responseTo(query: Buffer, { code, names }: NonNullable<typeof answer>): Buffer {
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const header = Buffer.alloc(12);
  header.writeUInt16BE(query.readUInt16BE(0), 0);
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(names.length, 6);
  const records = names.map((name) => {
    const labels = name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
    const value = Buffer.concat([...labels, Buffer.from([0])]);
    // A pointer to the name of the question, type NS, class IN, 60 s, and the length of the value.
    return Buffer.concat([Buffer.from([0xc0, 12, 0, 2, 0, 1, 0, 0, 0, 60, 0, value.length]), value]);
  });
  return Buffer.concat([header, question, ...records]);
}

const lookUp: LookUpServers = (zone) => {
  const resolver = new Resolver({ timeout: 50, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  return resolver.resolveNs(zone);
};
const zoneOf = (desired = stack()) => ownZone(engineContext(desired), aws, ids, undefined, lookUp);

test.each<[string, boolean | undefined, typeof answer]>([
  ['names all name servers of the zone', true, { code: 0, names: NAME_SERVERS }],
  ['names a server of the zone in upper case', true, { code: 0, names: ['NS-1.AWSDNS-01.COM'] }],
  [
    'also names a server of another zone',
    false,
    { code: 0, names: [...NAME_SERVERS, 'ns.elsewhere.example'] },
  ],
  ['has no name servers for the zone', false, { code: 0, names: [] }],
  ['does not know the name of the zone', false, { code: 3, names: [] }],
  ['finds no working server for the zone', false, { code: 2, names: [] }],
  ['does not answer', undefined, undefined],
])('if DNS %s, isDelegated is %s', async (_what, isDelegated, given) => {
  answer = given;
  expect(await zoneOf()).toEqual({ name: 'example.com', nameServers: NAME_SERVERS, isDelegated });
});

test('the name servers need no call if the survey found the zone', async () => {
  answer = { code: 0, names: ['ns-9.awsdns-09.com'] };
  const surveyed = ['ns-9.awsdns-09.com'];
  expect(await ownZone(engineContext(stack()), aws, ids, surveyed, lookUp)).toEqual({
    name: 'example.com',
    nameServers: surveyed,
    isDelegated: true,
  });
  expect(sentCalls()).toEqual([]);
});

test('DNS is not asked about names that only resolve on this machine', async () => {
  answer = { code: 3, names: [] };
  expect(await zoneOf(stack('api.example.localhost'))).toMatchObject({ isDelegated: undefined });
});

test('a zone that the stack does not create is not checked', async () => {
  expect(await zoneOf(stack('api.example.com', false))).toBeUndefined();
});

const RUN = { region: 'eu-west-1', endpoint: 'http://127.0.0.1:4566' };
const undelegated = { name: 'in.example.com', nameServers: NAME_SERVERS, isDelegated: false };

test('without a parent zone in the account, the user is asked to enter the name servers at the registrar', () => {
  const [warning, ...notes] = delegationEvents(undelegated, undefined, RUN);
  expect(warning).toEqual({
    type: 'warning',
    text: 'in.example.com and all names in it do not resolve yet: nothing delegates in.example.com to its name servers. Enter these name servers at the registrar of in.example.com, or as an NS record of its parent zone:',
  });
  expect(notes).toEqual(NAME_SERVERS.map((text) => ({ type: 'note', text })));
});

test('with a parent zone in the account, the command that adds the NS record is suggested', () => {
  const parent = { name: 'example.com', hostedZoneId: 'Z9' };
  const [warning, ...notes] = delegationEvents(undelegated, parent, RUN);
  expect(warning?.text).toContain("Add this NS record to the account's zone example.com:");
  const command = notes.at(-1)?.text ?? '';
  expect(command).toMatch(
    /^aws route53 change-resource-record-sets --hosted-zone-id Z9 .* --region eu-west-1 --endpoint-url http:\/\/127.0.0.1:4566$/,
  );
  expect(JSON.parse(/--change-batch '(.*)' --region/.exec(command)?.[1] ?? '')).toEqual({
    Changes: [
      {
        Action: 'CREATE',
        ResourceRecordSet: {
          Name: 'in.example.com',
          Type: 'NS',
          TTL: 300,
          ResourceRecords: NAME_SERVERS.map((Value) => ({ Value })),
        },
      },
    ],
  });
});

test.each([
  ['there is no zone of the stack', undefined],
  ['the zone is delegated', { ...undelegated, isDelegated: true }],
  ['this machine cannot tell', { ...undelegated, isDelegated: undefined }],
])('nothing is reported when %s', (_when, zone) => {
  expect(delegationEvents(zone, undefined, RUN)).toEqual([]);
});
