// When a stack's domain is renamed, moved to another zone or dropped, the old record or zone is removed.
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  type ChangeAction,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account, planInWords, type Account } from './harness.ts';
import { stack } from './stacks.ts';

/** Returns the stack with a domain, or without one if no name is given. */
function stackWithDomain(name?: string, zone?: string, createZone = true): StackInput {
  const { domain: _, ...others } = stack();
  return name === undefined || zone === undefined
    ? others
    : { ...others, domain: { name, zone, createZone } };
}

async function addressRecordsOf({ aws }: Account, HostedZoneId?: string): Promise<ResourceRecordSet[]> {
  const answer = await aws.route53.send(new ListResourceRecordSetsCommand({ HostedZoneId }));
  return (answer.ResourceRecordSets ?? []).filter(({ Type }) => Type === 'A');
}

/** Returns the name of each zone, with the names of its address records. */
async function recordNamesByZone(user: Account): Promise<Record<string, string[]>> {
  const { HostedZones = [] } = await user.aws.route53.send(new ListHostedZonesCommand({}));
  const zones = HostedZones.map(async ({ Id, Name = '' }) => [
    Name,
    (await addressRecordsOf(user, Id)).map(({ Name: name }) => name),
  ]);
  return Object.fromEntries(await Promise.all(zones)) as Record<string, string[]>;
}

/** Creates or deletes a record in a zone, as another user of the account. */
const changeRecord = (
  { aws }: Account,
  HostedZoneId: string | undefined,
  Action: ChangeAction,
  ResourceRecordSet: ResourceRecordSet,
) =>
  aws.route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId,
      ChangeBatch: { Changes: [{ Action, ResourceRecordSet }] },
    }),
  );

test('the old record or zone is removed when a domain is renamed, moved to another zone or dropped', async () => {
  const user = await account();
  await user.provision(stackWithDomain('api.one.localhost', 'one.localhost'));
  expect(await recordNamesByZone(user)).toEqual({ 'one.localhost.': ['api.one.localhost.'] });

  const renamedStack = stackWithDomain('www.one.localhost', 'one.localhost');
  expect(planInWords(await user.plan(renamedStack))).toEqual([
    'create record',
    'remove record.api.one.localhost',
  ]);
  await user.provision(renamedStack);
  expect(await recordNamesByZone(user)).toEqual({ 'one.localhost.': ['www.one.localhost.'] });

  const movedStack = stackWithDomain('www.two.localhost', 'two.localhost');
  expect(planInWords(await user.plan(movedStack))).toEqual([
    'create hostedZone',
    'remove hostedZone.one.localhost',
    'create record',
    'remove record.www.one.localhost',
  ]);
  await user.provision(movedStack);
  expect(await recordNamesByZone(user)).toEqual({ 'two.localhost.': ['www.two.localhost.'] });

  expect(planInWords(await user.plan(stackWithDomain()))).toEqual([
    'remove hostedZone.two.localhost',
    'remove record.www.two.localhost',
  ]);
  await user.provision(stackWithDomain());
  expect(await recordNamesByZone(user)).toEqual({});
  await user.teardown(stackWithDomain());
  expect(user.census()).toEqual({});
});

test('a teardown removes a domain that is no longer configured, even without a state file', async () => {
  const user = await account();
  await user.provision(stackWithDomain('api.one.localhost', 'one.localhost'));
  const zone = user.ids()['hostedZone']?.['hostedZoneId'];
  user.deleteState();

  // A record that another user created in the stack's zone is listed, and the zone is kept.
  const mail: ResourceRecordSet = {
    Name: 'mail.one.localhost',
    Type: 'A',
    TTL: 60,
    ResourceRecords: [{ Value: '192.0.2.1' }],
  };
  await changeRecord(user, zone, 'CREATE', mail);
  await expect(user.teardown(stackWithDomain())).rejects.toMatchObject({
    code: 'FOREIGN',
    why: 'mail.one.localhost (A)',
  });
  await changeRecord(user, zone, 'DELETE', mail);
  await user.teardown(stackWithDomain());
  expect(user.census()).toEqual({});
});

test('in zones that the stack did not create, the old record is removed, and foreign records that point at the load balancer are kept', async () => {
  const user = await account();
  for (const Name of ['one.localhost', 'two.localhost']) {
    await user.aws.route53.send(new CreateHostedZoneCommand({ Name, CallerReference: Name }));
  }
  await user.provision(stackWithDomain('api.one.localhost', 'one.localhost', false));
  await user.provision(stackWithDomain('api.two.localhost', 'two.localhost', false));
  expect(await recordNamesByZone(user)).toEqual({
    'one.localhost.': [],
    'two.localhost.': ['api.two.localhost.'],
  });

  // Another user points a second name at the load balancer. The zone does not belong to the stack, so neither does this record.
  const zone = user.ids()['hostedZone']?.['hostedZoneId'];
  const [api] = await addressRecordsOf(user, zone);
  await changeRecord(user, zone, 'CREATE', { ...api, Name: 'www.two.localhost', Type: 'A' });
  expect(planInWords(await user.plan(stackWithDomain()))).toEqual(['remove record.api.two.localhost']);
  await user.teardown(stackWithDomain());
  expect(await recordNamesByZone(user)).toEqual({
    'one.localhost.': [],
    'two.localhost.': ['www.two.localhost.'],
  });
});

test('of two zones of the same name, the one with the configured id is used, and the record follows a changed id', async () => {
  const user = await account();
  const create = async (CallerReference: string) => {
    const { HostedZone } = await user.aws.route53.send(
      new CreateHostedZoneCommand({ Name: 'twin.localhost', CallerReference }),
    );
    return HostedZone?.Id?.replace('/hostedzone/', '') ?? '';
  };
  const ids = [await create('one'), await create('other')] as const;
  const inZone = (zoneId: string): StackInput => ({
    ...stackWithDomain(),
    domain: { name: 'api.twin.localhost', zoneId },
  });
  const recordCounts = () => Promise.all(ids.map(async (id) => (await addressRecordsOf(user, id)).length));
  const named = { ...stackWithDomain(), domain: { name: 'api.twin.localhost', zone: 'twin.localhost' } };
  await expect(user.provision(named)).rejects.toMatchObject({ code: 'ZONE' });
  await user.provision(inZone(ids[1]));
  expect(await recordCounts()).toEqual([0, 1]);
  expect(planInWords(await user.plan(inZone(ids[0])))).toEqual([
    'create record',
    'remove record.api.twin.localhost',
  ]);
  await user.provision(inZone(ids[0]));
  expect(await recordCounts()).toEqual([1, 0]);
  await user.teardown(inZone(ids[0]));
  expect(await recordCounts()).toEqual([0, 0]);
});
