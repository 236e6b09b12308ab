// Domain names that other DNS settings of the account affect: delegated parts of the zone, more specific zones, and other records.
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  type ChangeAction,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, type Account } from './harness.ts';
import { stack } from './stacks.ts';

const stackAt = (name: string, zone: string, createZone = false): StackInput => ({
  ...stack(),
  domain: { name, zone, createZone },
});

let user: Account;
/** The names of the zones that the test has created, each with the id of its zone. */
let zoneIds: Record<string, string>;
beforeEach(async () => {
  user = await account();
  zoneIds = {};
});

/** Creates a zone as another user of the account, and returns its name servers. */
async function addZone(Name: string): Promise<string[]> {
  const { HostedZone, DelegationSet } = await user.aws.route53.send(
    new CreateHostedZoneCommand({ Name, CallerReference: Name }),
  );
  zoneIds[Name] = HostedZone?.Id ?? '';
  return DelegationSet?.NameServers ?? [];
}

const changeRecord = (zone: string, Action: ChangeAction, ResourceRecordSet: ResourceRecordSet) =>
  user.aws.route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zoneIds[zone],
      ChangeBatch: { Changes: [{ Action, ResourceRecordSet }] },
    }),
  );
const record = (Name: string, Type: ResourceRecordSet['Type'], ...values: string[]): ResourceRecordSet => ({
  Name,
  Type,
  TTL: 60,
  ResourceRecords: values.map((Value) => ({ Value })),
});
const zoneIdOf = (zone: string) => zoneIds[zone]?.replace('/hostedzone/', '');

describe('a name in a delegated part of the zone', () => {
  const configured = stackAt('api.eu.shop.localhost', 'shop.localhost');

  test.each(['plan', 'provision', 'drift'] as const)(
    'is refused by %s before anything is created, and the problem names the zone to use instead',
    async (command) => {
      await addZone('shop.localhost');
      const servers = await addZone('eu.shop.localhost');
      await changeRecord('shop.localhost', 'CREATE', record('eu.shop.localhost', 'NS', ...servers));
      const before = user.census();
      await expect(user[command](configured)).rejects.toMatchObject({
        code: 'ZONE',
        what: 'A record for api.eu.shop.localhost in the zone shop.localhost would never be seen.',
        why: [
          `An NS record of shop.localhost delegates eu.shop.localhost to other name servers: ${servers.join(', ')}.`,
          `The account has the zone eu.shop.localhost (${zoneIdOf('eu.shop.localhost')}), which contains the name.`,
        ].join('\n'),
        now: 'Nothing was changed.',
        fix: ["Set domain.zone to 'eu.shop.localhost' in slipway.config.ts."],
      });
      expect(user.census()).toEqual(before);
      await user.provision(stackAt('api.eu.shop.localhost', 'eu.shop.localhost'));
    },
  );

  test('is refused if the NS record is at the name itself', async () => {
    await addZone('shop.localhost');
    await changeRecord(
      'shop.localhost',
      'CREATE',
      record('api.shop.localhost', 'NS', 'ns.elsewhere.example'),
    );
    await expect(user.plan(stackAt('api.shop.localhost', 'shop.localhost'))).rejects.toMatchObject({
      code: 'ZONE',
      fix: [
        'Choose a domain.name outside api.shop.localhost, or the domain.zone that these name servers serve,',
        'or remove the NS record api.shop.localhost from shop.localhost, if no one needs it.',
      ],
    });
  });

  test("is refused with advice to correct the NS record if the account's zone has other name servers", async () => {
    await addZone('shop.localhost');
    const servers = await addZone('eu.shop.localhost');
    await changeRecord('shop.localhost', 'CREATE', record('eu.shop.localhost', 'NS', 'ns.elsewhere.example'));
    await expect(user.plan(configured)).rejects.toMatchObject({
      code: 'ZONE',
      why: expect.stringContaining(
        `Its name servers differ from those of the NS record: ${servers.join(', ')}.`,
      ),
      fix: [
        'Correct the NS record eu.shop.localhost in shop.localhost,',
        "then set domain.zone to 'eu.shop.localhost' in slipway.config.ts.",
      ],
    });
  });

  test('is also refused in a zone that the stack created, once someone adds the NS record', async () => {
    const stackWithOwnZone = stackAt('api.eu.shop.localhost', 'shop.localhost', true);
    await user.provision(stackWithOwnZone);
    zoneIds['shop.localhost'] = user.ids()['hostedZone']?.['hostedZoneId'] ?? '';
    await changeRecord('shop.localhost', 'CREATE', record('eu.shop.localhost', 'NS', 'ns.elsewhere.example'));
    await expect(user.provision(stackWithOwnZone)).rejects.toMatchObject({ code: 'ZONE' });
    await expect(user.drift(stackWithOwnZone)).rejects.toMatchObject({ code: 'ZONE' });
  });

  test('is not refused because of NS records elsewhere in the zone', async () => {
    await addZone('shop.localhost');
    for (const name of ['us.shop.localhost', 'v1.api.eu.shop.localhost', 'apieu.shop.localhost'])
      await changeRecord('shop.localhost', 'CREATE', record(name, 'NS', 'ns.elsewhere.example'));
    await user.provision(configured);
  });
});

describe('a name for which the account has a more specific zone', () => {
  test.each([
    [false, "Set domain.zone to 'eu.shop.localhost' in slipway.config.ts,"],
    [true, "Set domain.zone to 'eu.shop.localhost', without domain.createZone, in slipway.config.ts,"],
  ])('is refused even if nothing delegates to that zone (createZone: %s)', async (createZone, advice) => {
    if (!createZone) await addZone('shop.localhost');
    await addZone('eu.shop.localhost');
    const before = user.census();
    const configured = stackAt('api.eu.shop.localhost', 'shop.localhost', createZone);
    await expect(user.provision(configured)).rejects.toMatchObject({
      code: 'ZONE',
      what: 'api.eu.shop.localhost belongs in a longer zone than shop.localhost.',
      fix: [advice, 'or delete the zone eu.shop.localhost, if no one needs it.'],
    });
    expect(user.census()).toEqual(before);
    await user.aws.route53.send(new DeleteHostedZoneCommand({ Id: zoneIds['eu.shop.localhost'] }));
    await user.provision(configured);
  });

  test('is not refused if the stack owns the more specific zone and the same run removes that zone', async () => {
    await addZone('shop.localhost');
    await user.provision(stackAt('api.eu.shop.localhost', 'eu.shop.localhost', true));
    const movedStack = stackAt('api.eu.shop.localhost', 'shop.localhost');
    const { done } = await user.provision(movedStack);
    expect(done).toContain('hostedZone.eu.shop.localhost remove');
    expect((await user.drift(movedStack)).exitCode).toBe(0);
  });
});

describe('another record at the name', () => {
  const configured = stackAt('api.shop.localhost', 'shop.localhost');

  test.each<[string, ResourceRecordSet['Type'], string]>([
    ['clients with IPv6', 'AAAA', '2001:db8::1'],
    ['browsers', 'HTTPS', '1 other.example.net. alpn=h2'],
    ['clients that support SVCB', 'SVCB', '1 other.example.net.'],
  ])(
    'causes a warning in plan, provision and drift if it leads %s elsewhere',
    async (clients, type, value) => {
      await addZone('shop.localhost');
      await changeRecord('shop.localhost', 'CREATE', record('api.shop.localhost', type, value));
      const warning = `api.shop.localhost also has a record of type ${type} that does not belong to this stack: it leads ${clients} to ${value}, not to the load balancer`;
      await user.plan(configured);
      expect(user.output().warnings).toEqual([warning]);
      await user.provision(configured);
      expect(user.output().warnings).toEqual([warning]);
      const { exitCode } = await user.drift(configured);
      expect(user.output().warnings).toEqual([warning]);
      expect(exitCode).toBe(0);
      user.deleteState();
      await user.plan(configured);
      expect(user.output().warnings).toEqual([warning]);
    },
  );

  test('is not mentioned if it is a TXT record or has a different name', async () => {
    await addZone('shop.localhost');
    await changeRecord('shop.localhost', 'CREATE', record('api.shop.localhost', 'TXT', '"v=spf1"'));
    await changeRecord('shop.localhost', 'CREATE', record('v6.api.shop.localhost', 'AAAA', '2001:db8::1'));
    await user.provision(configured);
    expect(user.output().warnings).toEqual([]);
  });

  test("is also found in the stack's own zone", async () => {
    const stackWithOwnZone = stackAt('api.shop.localhost', 'shop.localhost', true);
    await user.provision(stackWithOwnZone);
    zoneIds['shop.localhost'] = user.ids()['hostedZone']?.['hostedZoneId'] ?? '';
    await changeRecord('shop.localhost', 'CREATE', record('api.shop.localhost', 'AAAA', '2001:db8::1'));
    await user.drift(stackWithOwnZone);
    expect(user.output().warnings).toEqual([expect.stringContaining('it leads clients with IPv6 to 2001')]);
  });
});

describe('a name in domain.names', () => {
  const configured = (name: string): StackInput => ({
    ...stack(),
    domain: { name: 'api.shop.localhost', zone: 'shop.localhost', names: [name] },
  });

  test.each(['www.eu.shop.localhost', '*.eu.shop.localhost'])(
    'such as %s is refused in a delegated part of the zone, before anything is created',
    async (name) => {
      await addZone('shop.localhost');
      await changeRecord(
        'shop.localhost',
        'CREATE',
        record('eu.shop.localhost', 'NS', 'ns.elsewhere.example'),
      );
      const before = user.census();
      await expect(user.provision(configured(name))).rejects.toMatchObject({
        code: 'ZONE',
        what: `A record for ${name} in the zone shop.localhost would never be seen.`,
        why: 'An NS record of shop.localhost delegates eu.shop.localhost to other name servers: ns.elsewhere.example.',
        fix: [
          `Remove ${name} from domain.names: all names of a stack belong to one zone,`,
          'or remove the NS record eu.shop.localhost from shop.localhost, if no one needs it.',
        ],
      });
      expect(user.census()).toEqual(before);
    },
  );

  test('is refused if the account has a zone that contains more of it', async () => {
    await addZone('shop.localhost');
    await addZone('eu.shop.localhost');
    await expect(user.provision(configured('www.eu.shop.localhost'))).rejects.toMatchObject({
      code: 'ZONE',
      what: 'www.eu.shop.localhost belongs in a longer zone than shop.localhost.',
      fix: [
        'Remove www.eu.shop.localhost from domain.names: all names of a stack belong to one zone,',
        'or delete the zone eu.shop.localhost, if no one needs it.',
      ],
    });
  });

  test('is reported if it has a record that leads browsers elsewhere', async () => {
    await addZone('shop.localhost');
    await changeRecord('shop.localhost', 'CREATE', record('www.shop.localhost', 'AAAA', '2001:db8::1'));
    await user.provision(configured('www.shop.localhost'));
    expect(user.output().warnings).toEqual([
      expect.stringContaining('www.shop.localhost also has a record of type AAAA'),
    ]);
  });
});
