// Resources that AWS still shows after a teardown: a teardown reports them if they exist, and waits if only the lists are stale.
import { expect, test } from '@jest/globals';
import { required } from '../sandbox/aws/ec2/scene.ts';
import type { Account } from './harness.ts';
import { accountWithHook } from './journal-hook.ts';
import { stack } from './stacks.ts';

/** A teardown does not delete ECS's service-linked role, so the role stays in a state file that is kept. */
const KEPT_ADDRESS = 'serviceLinkedRole';

const idOf = (user: Account, address: string, field: string) => user.ids()[address]?.[field] ?? '';

test('resources that survive their deletion are listed together with the resources that use them, and the next teardown removes them', async () => {
  let restoreResources = () => undefined as void;
  const { user, region, removeHook } = await accountWithHook('DeleteVpc', () => restoreResources());
  const vpcId = idOf(user, 'vpc', 'vpcId');
  const groupId = idOf(user, 'securityGroups.balancer', 'groupId');
  const { vpcs, securityGroups, networkInterfaces } = region.ec2;
  const vpc = required(structuredClone(vpcs.get(vpcId)));
  const group = required(structuredClone(securityGroups.get(groupId)));
  const foreignInterface = required(structuredClone(networkInterfaces.all()[0]));
  const { NetworkInterfaceId: eni, SubnetId } = foreignInterface;
  restoreResources = () => {
    vpcs.set(vpcId, vpc);
    securityGroups.set(groupId, group);
    const Groups = [{ GroupId: groupId }];
    networkInterfaces.set(eni, {
      ...foreignInterface,
      Description: 'theirs',
      RequesterId: 'another-service',
      Groups,
    });
  };
  await expect(user.teardown(stack())).rejects.toMatchObject({
    code: 'LEFTOVERS',
    what: '3 resources of shop-dev are left.',
    why: [
      `vpc ${vpcId}`,
      `securityGroups.balancer ${groupId}`,
      `network interface ${eni} (theirs, of another-service) uses ${SubnetId}, ${groupId}`,
    ].join('\n'),
    now: 'Everything else is gone; the state file is kept.',
    fix: [expect.stringContaining('npm run teardown')],
  });
  expect(Object.keys(user.ids())).toEqual([KEPT_ADDRESS]);
  removeHook();
  networkInterfaces.delete(eni);
  expect(await user.teardown(stack())).toMatchObject({ json: { removed: 2, left: 0 } });
  expect(() => user.ids()).toThrow('ENOENT');
  expect(user.census()).toEqual({});
});

test('if another user recreates a removed resource under the same name, the resource is listed', async () => {
  const { user, region } = await accountWithHook('DeleteVpc', ({ logs }) => logs.groups.set(name, recreated));
  const name = idOf(user, 'logGroup', 'logGroupName');
  const recreated = required(structuredClone(region.logs.groups.get(name)));
  await expect(user.teardown(stack())).rejects.toMatchObject({
    code: 'LEFTOVERS',
    what: '1 resource of shop-dev is left.',
    why: `logGroup ${name}`,
  });
  expect(Object.keys(user.ids())).toEqual([KEPT_ADDRESS]);
});

test('a teardown waits while AWS still shows a deleted resource', async () => {
  let showForAWhile = () => undefined as void;
  const { user, clock, region } = await accountWithHook('DeleteVpc', () => showForAWhile());
  const vpc = required(structuredClone(region.ec2.vpcs.all()[0]));
  let shownSince = 0;
  showForAWhile = () => {
    shownSince = clock.now();
    region.ec2.vpcs.set(vpc.VpcId, vpc);
    clock.at(shownSince + 20_000, () => region.ec2.vpcs.delete(vpc.VpcId));
  };
  const { text, json } = await user.teardown(stack());
  expect(text).toContain('is gone, 0 left');
  expect(json).toMatchObject({ left: 0, certificate: { vpc: { vpcId: vpc.VpcId } } });
  const last = user.sandbox.journal.entries().findLast(({ operation }) => operation === 'DescribeVpcs');
  expect(Date.parse(last?.at ?? '')).toBeGreaterThanOrEqual(shownSince + 20_000);
  expect(() => user.ids()).toThrow('ENOENT');
  expect(user.census()).toEqual({});
});
