// IPv6 blocks of VPCs and subnets: states, routes, refusals, and the addresses of a dualstack load balancer.
import {
  AssociateSubnetCidrBlockCommand,
  AssociateVpcCidrBlockCommand,
  CreateRouteCommand,
  CreateSubnetCommand,
  DeleteRouteCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  DisassociateSubnetCidrBlockCommand,
  DisassociateVpcCidrBlockCommand,
  ReplaceRouteCommand,
} from '@aws-sdk/client-ec2';
import { SetIpAddressTypeCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { durations } from '../../../../sandbox/world/durations.ts';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import type { SandboxOptions } from '../../../../sandbox/sandbox.ts';
import { refusalOf } from '../../harness.ts';
import { scene } from '../elbv2/scene.ts';

async function ipv6Scene(options: SandboxOptions = {}) {
  const started = await scene(options);
  const { ec2, vpc: VpcId, subnets } = started;
  const associateVpc = () =>
    ec2.send(new AssociateVpcCidrBlockCommand({ VpcId, AmazonProvidedIpv6CidrBlock: true }));
  const vpcBlocks = async () =>
    (await ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }))).Vpcs?.[0]?.Ipv6CidrBlockAssociationSet ??
    [];
  const prefix = async () => ((await vpcBlocks())[0]?.Ipv6CidrBlock ?? '').replace(/00::\/56$/, '');
  const associateSubnet = async (index: number, digits = `0${index}`) =>
    ec2.send(
      new AssociateSubnetCidrBlockCommand({
        SubnetId: subnets[index],
        Ipv6CidrBlock: `${await prefix()}${digits}::/64`,
      }),
    );
  const subnetBlock = async (index: number) =>
    (await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnets[index] ?? ''] }))).Subnets?.[0]
      ?.Ipv6CidrBlockAssociationSet?.[0];
  const dissociateSubnet = async (index: number) =>
    ec2.send(
      new DisassociateSubnetCidrBlockCommand({ AssociationId: (await subnetBlock(index))?.AssociationId }),
    );
  const dissociateVpc = async () =>
    ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId: (await vpcBlocks())[0]?.AssociationId }));
  const createSubnet = async (digits: string) =>
    ec2.send(
      new CreateSubnetCommand({
        VpcId,
        CidrBlock: '10.0.99.0/24',
        Ipv6CidrBlock: `${await prefix()}${digits}::/64`,
      }),
    );
  return {
    ...started,
    createSubnet,
    associateVpc,
    vpcBlocks,
    associateSubnet,
    subnetBlock,
    dissociateSubnet,
    dissociateVpc,
  };
}
const codeOf = async (call: Promise<unknown>) => (await refusalOf(call)).code;

test('a block is associating for some seconds', async () => {
  const clock = manualClock(Date.now());
  const scene = await ipv6Scene({ clock, pace: 1 });
  const { ec2, subnets, associateVpc, vpcBlocks, associateSubnet, subnetBlock } = scene;
  await associateVpc();
  const state = async () => (await vpcBlocks())[0]?.Ipv6CidrBlockState?.State;
  expect(await state()).toBe('associating');
  clock.advance(durations.ipv6Association);
  expect(await state()).toBe('associated');
  await associateSubnet(0);
  expect((await subnetBlock(0))?.Ipv6CidrBlockState?.State).toBe('associating');
  const AssociationId = (await subnetBlock(0))?.AssociationId ?? '';
  const prefix = 'ipv6-cidr-block-association';
  const inState = async (State: string) => {
    const Filters = [
      { Name: `${prefix}.association-id`, Values: [AssociationId] },
      { Name: `${prefix}.state`, Values: [State] },
    ];
    return (await ec2.send(new DescribeSubnetsCommand({ Filters }))).Subnets?.map(({ SubnetId }) => SubnetId);
  };
  expect(await inState('associated')).toEqual([]);
  expect(await inState('associating')).toEqual([subnets[0]]);
});

test('blocks in use cannot be disassociated, and a dualstack load balancer uses those of its subnets', async () => {
  const scene = await ipv6Scene();
  const { elbv2, makeBalancer, associateVpc, associateSubnet, dissociateSubnet, dissociateVpc } = scene;
  const LoadBalancerArn = await makeBalancer();
  const setType = (IpAddressType: 'ipv4' | 'dualstack') =>
    elbv2.send(new SetIpAddressTypeCommand({ LoadBalancerArn, IpAddressType }));
  await associateVpc();
  await associateSubnet(0);
  expect(await codeOf(setType('dualstack'))).toBe('ValidationError');
  await associateSubnet(1);
  expect((await setType('dualstack')).IpAddressType).toBe('dualstack');
  expect(await codeOf(dissociateSubnet(0))).toBe('InvalidCidrBlock.InUse');
  await setType('ipv4');
  await dissociateSubnet(0);
  expect(await codeOf(dissociateVpc())).toBe('InvalidCidrBlock.InUse');
  await dissociateSubnet(1);
  await dissociateVpc();
  expect(await scene.vpcBlocks()).toEqual([]);
});

test('a subnet can be created with a block that no other subnet has', async () => {
  const { associateVpc, associateSubnet, createSubnet, vpcBlocks } = await ipv6Scene();
  await associateVpc();
  await associateSubnet(0);
  expect(await codeOf(createSubnet('00'))).toBe('InvalidSubnet.Conflict');
  const { Subnet } = await createSubnet('07');
  const [association] = Subnet?.Ipv6CidrBlockAssociationSet ?? [];
  expect(association?.Ipv6CidrBlock).toBe(
    (await vpcBlocks())[0]?.Ipv6CidrBlock?.replace('00::/56', '07::/64'),
  );
  expect(await codeOf(createSubnet('08'))).toBe('InvalidSubnet.Conflict');
});

test('a subnet accepts one /64 of its VPC that no other subnet has', async () => {
  const { associateVpc, associateSubnet, ec2, subnets } = await ipv6Scene();
  await associateVpc();
  await associateSubnet(0);
  expect(await codeOf(associateSubnet(1, '00'))).toBe('InvalidSubnet.Conflict');
  expect(await codeOf(associateSubnet(0, '05'))).toBe('InvalidSubnet.Conflict');
  const outside = new AssociateSubnetCidrBlockCommand({
    SubnetId: subnets[1],
    Ipv6CidrBlock: '2001:db8::/64',
  });
  expect(await codeOf(ec2.send(outside))).toBe('InvalidSubnet.Range');
});

test('tables get the local route of the block, and routes for IPv6 are created, replaced and deleted', async () => {
  const { associateVpc, dissociateVpc, ec2, make, vpc } = await ipv6Scene();
  const RouteTableId = await make.table(vpc);
  const { InternetGateways = [] } = await ec2.send(new DescribeInternetGatewaysCommand({}));
  const GatewayId = InternetGateways[0]?.InternetGatewayId;
  const route = { RouteTableId, DestinationIpv6CidrBlock: '::/0', GatewayId };
  await associateVpc();
  await ec2.send(new CreateRouteCommand(route));
  expect(await codeOf(ec2.send(new CreateRouteCommand(route)))).toBe('RouteAlreadyExists');
  await ec2.send(new ReplaceRouteCommand(route));
  const destinations = async () =>
    (
      await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }))
    ).RouteTables?.[0]?.Routes?.flatMap(({ DestinationIpv6CidrBlock }) => DestinationIpv6CidrBlock ?? []);
  expect(await destinations()).toEqual([expect.stringMatching(/\/56$/), '::/0']);
  await ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationIpv6CidrBlock: '::/0' }));
  await dissociateVpc();
  expect(await destinations()).toEqual([]);
});
