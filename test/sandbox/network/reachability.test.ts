// Reachability is derived from routes, gateways and security groups that were created through the API.
import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupIngressCommand,
  AuthorizeSecurityGroupEgressCommand,
  DeleteNatGatewayCommand,
  DescribeRouteTablesCommand,
  RevokeSecurityGroupEgressCommand,
  type EC2Client,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { groupsAdmit, checkEgress } from '../../../sandbox/network/reachability.ts';
import type { SandboxOptions } from '../../../sandbox/sandbox.ts';
import { manualClock } from '../../../sandbox/world/clock.ts';
import { makerOf, natGateway, required } from '../aws/ec2/scene.ts';
import { sandbox } from '../harness.ts';

const EVERYWHERE = { IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const ALL: IpPermission = { IpProtocol: '-1', ...EVERYWHERE };
const tcp = (port: number, peer: Partial<IpPermission>): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  ...peer,
});
const revokeEgress = (ec2: EC2Client, GroupId: string) =>
  ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [ALL] }));

/** Creates a public and a private subnet, each with its own route table. The tables have no route to the internet yet. */
async function network(options: SandboxOptions = {}) {
  const started = await sandbox(options);
  const make = makerOf(started.ec2);
  const vpc = await make.vpc();
  const gateway = await make.gateway(vpc);
  const [publicSubnet, privateSubnet] = [
    await make.subnet(vpc, '10.0.1.0/24'),
    await make.subnet(vpc, '10.0.2.0/24'),
  ];
  const [publicTable, privateTable] = [await make.table(vpc), await make.table(vpc)];
  const associate = (RouteTableId: string, SubnetId: string) =>
    started.ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  await associate(publicTable, publicSubnet);
  await associate(privateTable, privateSubnet);
  const group = await make.group(vpc);
  return { ...started, make, vpc, gateway, publicSubnet, privateSubnet, publicTable, privateTable, group };
}

describe('access to the internet', () => {
  test('a private subnet reaches the internet through an available NAT gateway in a public subnet', async () => {
    const clock = manualClock();
    const { ec2, region, make, ...ids } = await network({ clock, pace: 1 });
    await make.route(ids.publicTable, { GatewayId: ids.gateway });
    const nat = await make.nat(ids.publicSubnet, await make.address());
    await make.route(ids.privateTable, { NatGatewayId: nat });
    expect(checkEgress(region, ids.privateSubnet, [ids.group])).toMatch(/is pending/);
    clock.advance(120_000);
    expect(checkEgress(region, ids.privateSubnet, [ids.group])).toBe('open');
    await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: nat }));
    expect(checkEgress(region, ids.privateSubnet, [ids.group])).toMatch(/is deleting/);
  });

  test('a NAT gateway gives no access when its own subnet has no route to the internet', async () => {
    const { ec2, region, make, ...ids } = await network();
    const nat = await make.nat(ids.publicSubnet, await make.address());
    await make.route(ids.privateTable, { NatGatewayId: nat });
    expect((await natGateway(ec2, nat)).State).toBe('available');
    expect(checkEgress(region, ids.privateSubnet, [ids.group])).toMatch(
      /has no route to the internet: .* no route to the internet/,
    );
  });

  test('a NAT gateway gives no access when the route of its own subnet leads back to the NAT gateway', async () => {
    const { ec2, region, make, ...ids } = await network();
    const nat = await make.nat(ids.publicSubnet, await make.address());
    await make.route(ids.publicTable, { NatGatewayId: nat });
    await natGateway(ec2, nat);
    expect(checkEgress(region, ids.publicSubnet, [ids.group])).toMatch(/without an internet gateway/);
  });

  test('an internet gateway gives access only to interfaces with a public IP', async () => {
    const { region, make, ...ids } = await network();
    await make.route(ids.publicTable, { GatewayId: ids.gateway });
    expect(checkEgress(region, ids.publicSubnet, [ids.group])).toMatch(/public IPs only/);
    expect(checkEgress(region, ids.publicSubnet, [ids.group], { hasPublicIp: true })).toBe('open');
  });

  test('a subnet without a route to the internet has no access', async () => {
    const { region, ...ids } = await network();
    expect(checkEgress(region, ids.publicSubnet, [ids.group], { hasPublicIp: true })).toMatch(
      /no route to the internet/,
    );
  });

  test('a subnet without an association uses the main route table', async () => {
    const { ec2, region, make, ...ids } = await network();
    const subnet = await make.subnet(ids.vpc, '10.0.3.0/24');
    const { RouteTables } = await ec2.send(
      new DescribeRouteTablesCommand({ Filters: [{ Name: 'association.main', Values: ['true'] }] }),
    );
    await make.route(required(RouteTables?.[0]?.RouteTableId), { GatewayId: ids.gateway });
    expect(checkEgress(region, subnet, [ids.group], { hasPublicIp: true })).toBe('open');
  });

  test('a security group must allow outgoing TCP connections to port 443', async () => {
    const { ec2, region, make, ...ids } = await network();
    await make.route(ids.publicTable, { GatewayId: ids.gateway });
    const checkAccess = () => checkEgress(region, ids.publicSubnet, [ids.group], { hasPublicIp: true });
    await revokeEgress(ec2, ids.group);
    expect(checkAccess()).toMatch(/allows tcp 443 out/);
    const allow = (IpPermissions: IpPermission[]) =>
      ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: ids.group, IpPermissions }));
    await allow([tcp(80, EVERYWHERE), tcp(443, { IpRanges: [{ CidrIp: '10.0.0.0/8' }] })]);
    expect(checkAccess()).toMatch(/allows tcp 443 out/);
    await allow([tcp(443, EVERYWHERE)]);
    expect(checkAccess()).toBe('open');
  });

  test('a subnet that does not exist has no access', async () => {
    const { region } = await sandbox();
    expect(checkEgress(region, 'subnet-0', [])).toBe('the subnet subnet-0 does not exist');
  });
});

describe('a security group', () => {
  async function twoGroups() {
    const started = await sandbox();
    const make = makerOf(started.ec2);
    const vpc = await make.vpc();
    const [balancer, task] = [await make.group(vpc, 'balancer'), await make.group(vpc, 'task')];
    const admit = (IpPermissions: IpPermission[]) =>
      started.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: task, IpPermissions }));
    return { ...started, balancer, task, admit };
  }

  test('admits the groups that a rule names, on the ports of the rule', async () => {
    const { region, balancer, task, admit } = await twoGroups();
    const packet = { fromGroups: [balancer], fromIp: '10.0.1.4', toGroups: [task] };
    expect(groupsAdmit(region, { ...packet, port: 5000 })).toBe(false);
    await admit([tcp(5000, { UserIdGroupPairs: [{ GroupId: balancer }] })]);
    expect(groupsAdmit(region, { ...packet, port: 5000 })).toBe(true);
    expect(groupsAdmit(region, { ...packet, port: 5001 })).toBe(false);
    expect(groupsAdmit(region, { ...packet, fromGroups: [task], port: 5000 })).toBe(false);
  });

  test('admits the addresses that a rule names', async () => {
    const { region, task, admit } = await twoGroups();
    await admit([tcp(80, { IpRanges: [{ CidrIp: '192.0.2.0/24' }] })]);
    const packet = { fromGroups: [], toGroups: [task], port: 80 };
    expect(groupsAdmit(region, { ...packet, fromIp: '192.0.2.7' })).toBe(true);
    expect(groupsAdmit(region, { ...packet, fromIp: '192.0.3.7' })).toBe(false);
  });

  test('does not admit TCP when its only rule is for another protocol', async () => {
    const { region, task, admit } = await twoGroups();
    await admit([{ IpProtocol: 'udp', FromPort: 80, ToPort: 80, ...EVERYWHERE }]);
    expect(groupsAdmit(region, { fromGroups: [], fromIp: '192.0.2.7', toGroups: [task], port: 80 })).toBe(
      false,
    );
  });

  test('admits a connection only if the egress rules of the sender allow it', async () => {
    const { ec2, region, balancer, task, admit } = await twoGroups();
    await admit([ALL]);
    await revokeEgress(ec2, balancer);
    const packet = { fromGroups: [balancer], fromIp: '10.0.1.4', toGroups: [task], port: 5000 };
    expect(groupsAdmit(region, packet)).toBe(false);
    await ec2.send(
      new AuthorizeSecurityGroupEgressCommand({
        GroupId: balancer,
        IpPermissions: [tcp(5000, { IpRanges: [{ CidrIp: '10.0.2.0/24' }] })],
      }),
    );
    expect(groupsAdmit(region, packet)).toBe(false);
    expect(groupsAdmit(region, { ...packet, toIp: '10.0.2.9' })).toBe(true);
    expect(groupsAdmit(region, { ...packet, toIp: '10.0.3.9' })).toBe(false);
  });
});
