// What AWS still shows after a teardown: told when it stays, waited for when its lists are only behind.
import { expect, test } from '@jest/globals';
import type { Region } from '../../sandbox/world/region.ts';
import { sure } from '../sandbox/aws/ec2/scene.ts';
import { leapingClock } from '../sweep/clock.ts';
import { account, type Account } from './harness.ts';
import { stack } from './stacks.ts';

/** A stack on an AWS that answers a delete with yes; what is there right after it is the test's. */
async function after(operation: string, then: (region: Region) => void) {
  const clock = leapingClock();
  const user = await account({ clock });
  await user.up(stack());
  const { journal, world } = user.sandbox;
  const add = journal.add.bind(journal);
  journal.add = (entry) => {
    add(entry);
    if (entry.operation === operation) then(world.region('eu-west-1'));
  };
  return { user, clock, region: world.region('eu-west-1'), calm: () => void (journal.add = add) };
}

/** ECS's own role stays, and stays written down. */
const ACCOUNTS = 'serviceLinkedRole';

const idOf = (user: Account, address: string, field: string) => user.ids()[address]?.[field] ?? '';

test('what a delete left after all, and what is in the VPC, is listed with who has it; the next one takes it', async () => {
  let leave = () => undefined as void;
  const { user, region, calm } = await after('DeleteVpc', () => leave());
  const vpcId = idOf(user, 'vpc', 'vpcId');
  const groupId = idOf(user, 'securityGroups.balancer', 'groupId');
  const { vpcs, securityGroups, networkInterfaces } = region.ec2;
  const vpc = sure(structuredClone(vpcs.get(vpcId)));
  const group = sure(structuredClone(securityGroups.get(groupId)));
  const theirs = sure(structuredClone(networkInterfaces.all()[0]));
  const { NetworkInterfaceId: eni, SubnetId } = theirs;
  leave = () => {
    vpcs.set(vpcId, vpc);
    securityGroups.set(groupId, group);
    const Groups = [{ GroupId: groupId }];
    networkInterfaces.set(eni, { ...theirs, Description: 'theirs', RequesterId: 'somebody', Groups });
  };
  await expect(user.down(stack())).rejects.toMatchObject({
    code: 'LEFTOVERS',
    what: '3 resources of shop-dev are left.',
    why: [
      `vpc ${vpcId}`,
      `securityGroups.balancer ${groupId}`,
      `network interface ${eni} (theirs, of somebody) holds ${SubnetId}, ${groupId}`,
    ].join('\n'),
    now: 'Everything else is gone; the state file is kept.',
    fix: [expect.stringContaining('npm run teardown')],
  });
  expect(Object.keys(user.ids())).toEqual([ACCOUNTS]);
  calm();
  networkInterfaces.delete(eni);
  expect(await user.down(stack())).toMatchObject({ json: { removed: 2, left: 0 } });
  expect(() => user.ids()).toThrow('ENOENT');
  expect(user.census()).toEqual({});
});

test('what somebody makes with a name of ours, after it was removed, is listed', async () => {
  const { user, region } = await after('DeleteVpc', ({ logs }) => logs.groups.set(name, again));
  const name = idOf(user, 'logGroup', 'logGroupName');
  const again = sure(structuredClone(region.logs.groups.get(name)));
  await expect(user.down(stack())).rejects.toMatchObject({
    code: 'LEFTOVERS',
    what: '1 resource of shop-dev is left.',
    why: `logGroup ${name}`,
  });
  expect(Object.keys(user.ids())).toEqual([ACCOUNTS]);
});

test('what is only shown for a while after it is gone is looked at again, until nothing is left', async () => {
  let stale = () => undefined as void;
  const { user, clock, region } = await after('DeleteVpc', () => stale());
  const vpc = sure(structuredClone(region.ec2.vpcs.all()[0]));
  let isShown = 0;
  stale = () => {
    isShown = clock.now();
    region.ec2.vpcs.set(vpc.VpcId, vpc);
    clock.at(isShown + 20_000, () => region.ec2.vpcs.delete(vpc.VpcId));
  };
  const { text, json } = await user.down(stack());
  expect(text).toContain('is gone, 0 left');
  expect(json).toMatchObject({ left: 0, certificate: { vpc: { vpcId: vpc.VpcId } } });
  const last = user.sandbox.journal.entries().findLast(({ operation }) => operation === 'DescribeVpcs');
  expect(Date.parse(last?.at ?? '')).toBeGreaterThanOrEqual(isShown + 20_000);
  expect(() => user.ids()).toThrow('ENOENT');
  expect(user.census()).toEqual({});
});
