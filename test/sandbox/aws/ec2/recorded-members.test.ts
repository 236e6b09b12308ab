// Responses have the same members as recordings of AWS: empty or missing lists, and times in whole seconds.
import {
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeAddressesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { sandbox } from '../../harness.ts';
import { makerOf } from './scene.ts';

/** Makes one resource of each kind, without tags. */
async function untaggedScene() {
  const started = await sandbox();
  const make = makerOf(started.ec2);
  const vpc = await make.vpc();
  const subnet = await make.subnet(vpc);
  await make.gateway(vpc);
  await make.nat(subnet, await make.address());
  await started.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnet }));
  return started;
}

test('VPCs, subnets, groups, elastic IPs and NAT gateways without tags have no list of tags', async () => {
  const { ec2 } = await untaggedScene();
  for (const found of [
    (await ec2.send(new DescribeVpcsCommand({}))).Vpcs,
    (await ec2.send(new DescribeSubnetsCommand({}))).Subnets,
    (await ec2.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups,
    (await ec2.send(new DescribeAddressesCommand({}))).Addresses,
    (await ec2.send(new DescribeNatGatewaysCommand({}))).NatGateways,
  ]) {
    expect(found).toHaveLength(1);
    expect(found?.[0]).not.toHaveProperty('Tags');
  }
});

test('route tables, internet gateways, network ACLs and interfaces without tags have an empty list', async () => {
  const { ec2 } = await untaggedScene();
  expect((await ec2.send(new DescribeRouteTablesCommand({}))).RouteTables).toMatchObject([{ Tags: [] }]);
  expect((await ec2.send(new DescribeInternetGatewaysCommand({}))).InternetGateways).toMatchObject([
    { Tags: [] },
  ]);
  expect((await ec2.send(new DescribeNetworkAclsCommand({}))).NetworkAcls).toMatchObject([{ Tags: [] }]);
  const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
  expect(NetworkInterfaces).toMatchObject([{ TagSet: [] }, { TagSet: [] }]);
});

test('the response to CreateSecurityGroup has no list of tags if the group has no tags', async () => {
  const { ec2 } = await sandbox();
  const VpcId = await makerOf(ec2).vpc();
  const group = new CreateSecurityGroupCommand({ VpcId, GroupName: 'web', Description: 'for tests' });
  expect(await ec2.send(group)).not.toHaveProperty('Tags');
});

test('the response to CreateVpc has a list of IPv6 blocks, but that to DescribeVpcs does not', async () => {
  const { ec2 } = await sandbox();
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  expect(Vpc?.Ipv6CidrBlockAssociationSet).toEqual([]);
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
  expect(Vpcs?.[0]).not.toHaveProperty('Ipv6CidrBlockAssociationSet');
});

test('times are whole seconds, written with milliseconds; tags that look like times are unchanged', async () => {
  const clock = manualClock();
  const { ec2, url } = await sandbox({ clock });
  const make = makerOf(ec2);
  const subnet = await make.subnet(await make.vpc());
  clock.advance(1234);
  const nat = await make.nat(subnet, await make.address());
  const Tags = [{ Key: 'createdTime', Value: '2026-01-01T00:00:00.5Z' }];
  await ec2.send(new CreateTagsCommand({ Resources: [nat], Tags }));
  const body = new URLSearchParams({ Action: 'DescribeNatGateways', Version: '2016-11-15' });
  const Authorization =
    'AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/ec2/aws4_request, SignedHeaders=host, Signature=0';
  const text = await (await fetch(url, { method: 'POST', body, headers: { Authorization } })).text();
  expect(text).toMatch(/<createTime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z<\/createTime>/);
  const { NatGateways } = await ec2.send(new DescribeNatGatewaysCommand({}));
  const expected = Math.floor(clock.now() / 1000) * 1000;
  expect(NatGateways?.[0]?.CreateTime?.getTime()).toBe(expected);
  expect(NatGateways?.[0]?.Tags).toEqual(Tags);
});
