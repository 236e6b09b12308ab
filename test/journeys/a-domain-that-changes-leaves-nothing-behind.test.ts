// The domain of a stack is renamed, moved to another zone, and dropped: each time what was made for the old one goes.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  type ChangeAction,
} from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { ask, machine, type Machine } from './harness.ts';
import { tinyStack } from './tiny.ts';

type Domain = StackInput['domain'];
const domain = (name: string, zone: string): Domain => ({ name, zone, createZone: true });
const withDomain = (user: Machine, domain?: Domain) => tinyStack(user, undefined, { domain });

/** Asks the sandbox's Route 53. */
async function asking<T>({ endpoint }: Machine, use: (route53: Route53Client) => Promise<T>): Promise<T> {
  const credentials = { accessKeyId: 'somebody', secretAccessKey: 'somebody' };
  const route53 = new Route53Client({ endpoint, region: 'eu-west-1', credentials });
  try {
    return await use(route53);
  } finally {
    route53.destroy();
  }
}

/** The names of all address records, by the name of their zone. */
const addresses = (user: Machine) =>
  asking(user, async (route53) => {
    const { HostedZones = [] } = await route53.send(new ListHostedZonesCommand({}));
    const zones = HostedZones.map(async ({ Id, Name = '' }) => {
      const list = new ListResourceRecordSetsCommand({ HostedZoneId: Id });
      const { ResourceRecordSets = [] } = await route53.send(list);
      return [Name, ResourceRecordSets.filter(({ Type }) => Type === 'A').map(({ Name: name }) => name)];
    });
    return Object.fromEntries(await Promise.all(zones)) as Record<string, string[]>;
  });

/** The lines of a plan, without their reasons. */
async function planOf(user: Machine, flags: readonly string[]): Promise<string[]> {
  const { stdout, code, problem } = await user.run('provision', ...flags, '--plan');
  expect({ code, problem }).toEqual({ code: 2, problem: undefined });
  return [...stdout.matchAll(/^ {2}. (\w+) +(\S+) /gm)].map(([, verb, address]) => `${verb} ${address}`);
}

/** Provisions, and plans again: there must be nothing left to do. */
async function provision(user: Machine, flags: readonly string[]): Promise<string> {
  const up = await user.run('provision', ...flags);
  expect(up).toMatchObject({ code: 0, problem: undefined });
  const again = await user.run('provision', ...flags, '--plan');
  expect(again).toMatchObject({ code: 0, last: expect.stringMatching(/^No changes/) });
  return up.last;
}

const GONE = { code: 0, problem: undefined, last: expect.stringMatching(/^tiny-dev is gone, 0 left/) };

test('a renamed record, a renamed zone, no domain at all: the old one goes each time', async () => {
  const user = await machine();
  await user.start('sandbox').says(/answers at/);
  const url = await provision(user, withDomain(user, domain('api.one.localhost', 'one.localhost')));
  expect(url).toMatch(/^http:\/\/api\.one\.localhost:/);
  expect(await addresses(user)).toEqual({ 'one.localhost.': ['api.one.localhost.'] });

  const renamed = withDomain(user, domain('www.one.localhost', 'one.localhost'));
  expect(await planOf(user, renamed)).toEqual(['create record', 'remove record.api.one.localhost']);
  expect((await ask(`${await provision(user, renamed)}/app`)).status).toBe(200);
  expect(await addresses(user)).toEqual({ 'one.localhost.': ['www.one.localhost.'] });

  const moved = withDomain(user, domain('www.two.localhost', 'two.localhost'));
  expect(await planOf(user, moved)).toEqual([
    'create hostedZone',
    'remove hostedZone.one.localhost',
    'create record',
    'remove record.www.one.localhost',
  ]);
  expect((await ask(`${await provision(user, moved)}/app`)).status).toBe(200);
  expect(await addresses(user)).toEqual({ 'two.localhost.': ['www.two.localhost.'] });

  const dropped = withDomain(user);
  expect(await planOf(user, dropped)).toEqual([
    'remove hostedZone.two.localhost',
    'remove record.www.two.localhost',
  ]);
  expect((await ask(`${await provision(user, dropped)}/app`)).status).toBe(200);
  expect(await addresses(user)).toEqual({});

  expect(await user.run('teardown', ...dropped)).toMatchObject(GONE);
  expect(await user.census()).toEqual({});
}, 120_000);

test('a domain that was dropped before the teardown is taken down, without a state file, too', async () => {
  const user = await machine();
  await user.start('sandbox').says(/answers at/);
  await provision(user, withDomain(user, domain('api.one.localhost', 'one.localhost')));
  rmSync(join(user.folder, '.slipway/dev.json'));

  // What somebody else put into our zone keeps it, and is named.
  await change(user, 'CREATE');
  const dropped = withDomain(user);
  expect(await user.run('teardown', ...dropped)).toMatchObject({
    code: 1,
    problem: { code: 'FOREIGN', why: 'mail.one.localhost (A)' },
  });
  await change(user, 'DELETE');
  expect(await user.run('teardown', ...dropped)).toMatchObject(GONE);
  expect(await user.census()).toEqual({});
}, 90_000);

test('in zones of the account, the old record goes, and what others lead to the load balancer stays', async () => {
  const user = await machine();
  await user.start('sandbox').says(/answers at/);
  const zones = ['one.localhost', 'two.localhost'];
  await asking(user, async (route53) => {
    for (const Name of zones)
      await route53.send(new CreateHostedZoneCommand({ Name, CallerReference: Name }));
  });
  const theirs = (name: string, zone: string): Domain => ({ name, zone });
  await provision(user, withDomain(user, theirs('api.one.localhost', 'one.localhost')));

  await provision(user, withDomain(user, theirs('api.two.localhost', 'two.localhost')));
  expect(await addresses(user)).toEqual({ 'one.localhost.': [], 'two.localhost.': ['api.two.localhost.'] });

  // Somebody points a further name at the load balancer: in their zone, that is theirs.
  await asking(user, async (route53) => {
    const HostedZoneId = user.state().resources['hostedZone']?.['hostedZoneId'];
    const { ResourceRecordSets = [] } = await route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId }),
    );
    const api = ResourceRecordSets.find(({ Type }) => Type === 'A');
    const ResourceRecordSet = { ...api, Name: 'www.two.localhost', Type: 'A' as const };
    const ChangeBatch = { Changes: [{ Action: 'CREATE' as const, ResourceRecordSet }] };
    await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
  });
  const dropped = withDomain(user);
  expect(await planOf(user, dropped)).toEqual(['remove record.api.two.localhost']);
  expect(await user.run('teardown', ...dropped)).toMatchObject(GONE);
  expect(await addresses(user)).toEqual({ 'one.localhost.': [], 'two.localhost.': ['www.two.localhost.'] });
}, 90_000);

/** Somebody makes or removes a record in the only zone there is. */
const change = (user: Machine, Action: ChangeAction) =>
  asking(user, async (route53) => {
    const { HostedZones = [] } = await route53.send(new ListHostedZonesCommand({}));
    const ResourceRecordSet = {
      Name: 'mail.one.localhost',
      Type: 'A' as const,
      TTL: 60,
      ResourceRecords: [{ Value: '192.0.2.1' }],
    };
    await route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: HostedZones[0]?.Id,
        ChangeBatch: { Changes: [{ Action, ResourceRecordSet }] },
      }),
    );
  });
