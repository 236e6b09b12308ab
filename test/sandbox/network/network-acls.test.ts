// Network ACLs are stateless: a connection between subnets needs an entry for each direction, for requests and for replies.
import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  ReplaceNetworkAclAssociationCommand,
  type CreateNetworkAclEntryRequest,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { attachInterface } from '../../../sandbox/aws/ec2/network-interfaces.ts';
import { checkEgress, checkIngress, interfaceReaches } from '../../../sandbox/network/reachability.ts';
import { makerOf, required } from '../aws/ec2/scene.ts';
import { sandbox } from '../harness.ts';

type Entry = Partial<CreateNetworkAclEntryRequest> & { readonly ports?: readonly [from: number, to: number] };
const REPLIES = [1024, 65_535] as const;

/** Makes two subnets, an internet gateway that no route uses yet, and a security group that admits port 80. */
async function network() {
  const { ec2, region } = await sandbox();
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  const gateway = await make.gateway(vpc);
  const [publicSubnet, privateSubnet] = [await make.subnet(vpc), await make.subnet(vpc, '10.0.2.0/24')];
  const findAcl = async (Name: string, value: string) => {
    const { NetworkAcls } = await ec2.send(
      new DescribeNetworkAclsCommand({ Filters: [{ Name, Values: [value] }] }),
    );
    return required(NetworkAcls?.[0]);
  };
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({}));
  const mainTable = required(RouteTables?.[0]?.RouteTableId);
  const group = await make.group(vpc);
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: group,
      ...{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '0.0.0.0/0' },
    }),
  );
  return {
    ...{ ec2, region, make, vpc, gateway, publicSubnet, privateSubnet, group, mainTable },
    /** Moves a subnet to a new ACL, which denies everything, and returns a function that adds entries to the ACL. */
    restrict: async (subnetId: string) => {
      const acl = await ec2.send(new CreateNetworkAclCommand({ VpcId: vpc }));
      const NetworkAclId = required(acl.NetworkAcl?.NetworkAclId);
      const { Associations } = await findAcl('association.subnet-id', subnetId);
      const association = Associations?.find(({ SubnetId }) => SubnetId === subnetId);
      await ec2.send(
        new ReplaceNetworkAclAssociationCommand({
          AssociationId: association?.NetworkAclAssociationId,
          NetworkAclId,
        }),
      );
      let RuleNumber = 100;
      return ({ ports: [From, To] = [0, 65_535], ...entry }: Entry) =>
        ec2.send(
          new CreateNetworkAclEntryCommand({
            ...{ NetworkAclId, RuleNumber: RuleNumber++, Egress: false, Protocol: '6', RuleAction: 'allow' },
            ...{ CidrBlock: '0.0.0.0/0', PortRange: { From, To } },
            ...entry,
          }),
        );
    },
    /** Attaches an interface with the group to a subnet. */
    attach: (subnetId: string) =>
      attachInterface(region, {
        ...{
          subnetId,
          groups: [group],
          description: '',
          interfaceType: 'interface',
          requester: 'amazon-elb',
        },
      }),
  };
}

test('a client reaches a load balancer only if the ACL admits requests and lets replies out', async () => {
  const { region, make, gateway, publicSubnet, group, restrict, mainTable } = await network();
  await make.route(mainTable, { GatewayId: gateway });
  const check = () => checkIngress(region, publicSubnet, [group], 80);
  expect(check()).toBe('open');
  const allow = await restrict(publicSubnet);
  expect(check()).toMatch(/^the network ACL acl-\w+ of subnet-\w+ denies tcp 80 in from 203\.0\.113\.10$/);
  await allow({ ports: [80, 80] });
  expect(check()).toMatch(/denies tcp 1024-65535 out to 203\.0\.113\.10$/);
  await allow({ ports: [32_768, 60_999], Egress: true });
  expect(check()).toMatch(/denies tcp 1024-65535 out/);
  await allow({ ports: REPLIES, Egress: true });
  expect(check()).toBe('open');
});

test('the entry with the lowest number that matches the packet decides', async () => {
  const { region, make, gateway, publicSubnet, group, restrict, mainTable } = await network();
  await make.route(mainTable, { GatewayId: gateway });
  const addEntry = await restrict(publicSubnet);
  await addEntry({ RuleNumber: 2, Protocol: '-1' });
  await addEntry({ RuleNumber: 2, Protocol: '-1', Egress: true });
  const check = () => checkIngress(region, publicSubnet, [group], 80);
  expect(check()).toBe('open');
  await addEntry({ RuleNumber: 3, RuleAction: 'deny', ports: [80, 80] });
  await addEntry({ RuleNumber: 1, RuleAction: 'deny', ports: [80, 80], CidrBlock: '198.51.100.0/24' });
  await addEntry({ RuleNumber: 4, RuleAction: 'deny', Protocol: '17', ports: [80, 80] });
  expect(check()).toBe('open');
  await addEntry({ RuleNumber: 1, RuleAction: 'deny', ports: [50_000, 50_000], Egress: true });
  expect(check()).toMatch(/denies tcp 1024-65535 out/);
});

test('the ACLs of both subnets apply between a load balancer and a target, but not within one subnet', async () => {
  const { region, publicSubnet, privateSubnet, attach, restrict } = await network();
  const [balancer, target] = [attach(publicSubnet), attach(privateSubnet)];
  expect(interfaceReaches(region, balancer, target, 80)).toBe(true);
  const allowTarget = await restrict(privateSubnet);
  expect(interfaceReaches(region, balancer, target, 80)).toBe(false);
  expect(interfaceReaches(region, attach(privateSubnet), target, 80)).toBe(true);
  const CidrBlock = '10.0.1.0/24';
  await allowTarget({ ports: [80, 80], CidrBlock });
  await allowTarget({ ports: REPLIES, CidrBlock, Egress: true });
  expect(interfaceReaches(region, balancer, target, 80)).toBe(true);
  const allowBalancer = await restrict(publicSubnet);
  expect(interfaceReaches(region, balancer, target, 80)).toBe(false);
  await allowBalancer({ ports: [80, 80], CidrBlock: '10.0.2.0/24', Egress: true });
  await allowBalancer({ ports: REPLIES, CidrBlock: '10.0.2.0/24' });
  expect(interfaceReaches(region, balancer, target, 80)).toBe(true);
});

test('a task reaches the internet only if the ACLs of its own subnet and of the NAT gateway allow it', async () => {
  const { region, make, gateway, publicSubnet, privateSubnet, group, restrict, vpc, ec2, mainTable } =
    await network();
  const table = await make.table(vpc);
  await make.route(mainTable, { GatewayId: gateway });
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: table, SubnetId: privateSubnet }));
  await make.route(table, { NatGatewayId: await make.nat(publicSubnet, await make.address()) });
  const check = () => checkEgress(region, privateSubnet, [group], { privateIp: '10.0.2.9' });
  expect(check()).toBe('open');
  const allowTask = await restrict(privateSubnet);
  expect(check()).toMatch(new RegExp(`of ${privateSubnet} denies tcp 443 out to `));
  await allowTask({ ports: [443, 443], Egress: true });
  expect(check()).toMatch(/denies tcp 32768-60999 in from /);
  await allowTask({ ports: [32_768, 60_999] });
  expect(check()).toBe('open');
  const allowNat = await restrict(publicSubnet);
  expect(check()).toMatch(new RegExp(`of ${publicSubnet} denies tcp 443 in from 10\\.0\\.2\\.9$`));
  await allowNat({ ports: [443, 443], CidrBlock: '10.0.2.0/24' });
  await allowNat({ ports: REPLIES, CidrBlock: '10.0.2.0/24', Egress: true });
  expect(check()).toMatch(new RegExp(`of ${publicSubnet} denies tcp 443 out to `));
  await allowNat({ ports: [443, 443], Egress: true });
  await allowNat({ ports: REPLIES });
  expect(check()).toBe('open');
});
