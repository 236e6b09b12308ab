// The contents of a VPC after a teardown: resources of all kinds are listed. A network interface is listed with the resources that it blocks.
import {
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { beforeEach, expect, test } from '@jest/globals';
import { KINDS_IN_A_VPC, contentsOf } from '../../../teardown/vpc-contents.ts';
import { awsError, mocks, lookContextOf, sentCalls } from '../step-harness.ts';

const peering = (VpcPeeringConnectionId: string, requester: string, accepter: string) => ({
  VpcPeeringConnectionId,
  RequesterVpcInfo: { VpcId: requester },
  AccepterVpcInfo: { VpcId: accepter },
});

beforeEach(() => {
  mocks.ec2
    .resolves({})
    .on(DescribeVpcsCommand)
    .resolves({ Vpcs: [{ VpcId: 'vpc-1' }] })
    .on(DescribeSecurityGroupsCommand)
    .resolves({ SecurityGroups: [{ GroupId: 'sg-0', GroupName: 'default' }] })
    .on(DescribeRouteTablesCommand)
    .resolves({ RouteTables: [{ RouteTableId: 'rtb-0', Associations: [{ Main: true }] }] })
    .on(DescribeNetworkAclsCommand)
    .resolves({ NetworkAcls: [{ NetworkAclId: 'acl-0', IsDefault: true }] })
    .on(DescribeNatGatewaysCommand)
    .resolves({ NatGateways: [{ NatGatewayId: 'nat-0', State: 'deleted' }] })
    .on(DescribeVpcEndpointsCommand)
    .resolves({ VpcEndpoints: [{ VpcEndpointId: 'vpce-0', State: 'Deleted' }] })
    .on(DescribeVpcPeeringConnectionsCommand)
    .resolves({ VpcPeeringConnections: [peering('pcx-0', 'vpc-2', 'vpc-3')] });
});

const texts = async () => (await contentsOf(lookContextOf().aws, 'vpc-1')).map(({ text }) => text);

test('resources that AWS deletes with the VPC, and deleted resources that AWS still shows, are not listed', async () => {
  expect(await texts()).toEqual([]);
  expect(sentCalls()).toHaveLength(KINDS_IN_A_VPC.length + 1);
});

test('a deleted VPC has no contents', async () => {
  mocks.ec2.on(DescribeVpcsCommand).rejects(awsError('InvalidVpcID.NotFound'));
  mocks.ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [{ SubnetId: 'subnet-1' }] });
  expect(await texts()).toEqual([]);
});

test('a network interface is listed with its owner and the resources that it blocks', async () => {
  mocks.ec2.on(DescribeNetworkInterfacesCommand).resolves({
    NetworkInterfaces: [
      {
        NetworkInterfaceId: 'eni-1',
        Description: 'ELB app/shop/1',
        RequesterId: 'amazon-elb',
        SubnetId: 'subnet-1',
        Groups: [{ GroupId: 'sg-1' }],
      },
      { NetworkInterfaceId: 'eni-2', SubnetId: 'subnet-2' },
    ],
  });
  expect(await texts()).toEqual([
    'network interface eni-1 (ELB app/shop/1, of amazon-elb) uses subnet-1, sg-1',
    'network interface eni-2 uses subnet-2',
  ]);
});

test('a resource of any other kind is listed by its id, and by its name if it has one', async () => {
  mocks.ec2
    .on(DescribeSubnetsCommand)
    .resolves({ Subnets: [{ SubnetId: 'subnet-1', CidrBlock: '10.0.0.0/20' }] })
    .on(DescribeSecurityGroupsCommand)
    .resolves({ SecurityGroups: [{ GroupId: 'sg-1', GroupName: 'bastion' }] })
    .on(DescribeRouteTablesCommand)
    .resolves({ RouteTables: [{ RouteTableId: 'rtb-1' }] })
    .on(DescribeInternetGatewaysCommand)
    .resolves({ InternetGateways: [{ InternetGatewayId: 'igw-1' }] })
    .on(DescribeNatGatewaysCommand)
    .resolves({ NatGateways: [{ NatGatewayId: 'nat-1', State: 'deleting' }] })
    .on(DescribeVpcEndpointsCommand)
    .resolves({ VpcEndpoints: [{ VpcEndpointId: 'vpce-1', ServiceName: 'com.amazonaws.eu-west-1.s3' }] })
    .on(DescribeNetworkAclsCommand)
    .resolves({ NetworkAcls: [{ NetworkAclId: 'acl-1', IsDefault: false }] });
  expect(await texts()).toEqual([
    'subnet subnet-1 (10.0.0.0/20)',
    'security group sg-1 (bastion)',
    'route table rtb-1',
    'internet gateway igw-1',
    'NAT gateway nat-1 (deleting)',
    'VPC endpoint vpce-1 (com.amazonaws.eu-west-1.s3)',
    'network ACL acl-1',
  ]);
});

test('network ACLs are listed with the command that deletes them, or that shows the subnets that use them', async () => {
  mocks.ec2.on(DescribeNetworkAclsCommand).resolves({
    NetworkAcls: [
      { NetworkAclId: 'acl-0', IsDefault: true },
      { NetworkAclId: 'acl-1' },
      { NetworkAclId: 'acl-2', Associations: [{ SubnetId: 'subnet-1' }] },
    ],
  });
  expect(await contentsOf(lookContextOf().aws, 'vpc-1')).toMatchObject([
    { text: 'network ACL acl-1', command: 'aws ec2 delete-network-acl --network-acl-id acl-1' },
    {
      text: 'network ACL acl-2 (subnet-1)',
      command: 'aws ec2 describe-network-acls --network-acl-ids acl-2',
    },
  ]);
});

test('peering connections are listed, whichever side requested them', async () => {
  mocks.ec2
    .on(DescribeVpcPeeringConnectionsCommand)
    .resolvesOnce({
      VpcPeeringConnections: [peering('pcx-1', 'vpc-1', 'vpc-2'), peering('pcx-2', 'vpc-2', 'vpc-3')],
      NextToken: 'more',
    })
    .resolves({ VpcPeeringConnections: [peering('pcx-3', 'vpc-4', 'vpc-1')] });
  const remove = 'aws ec2 delete-vpc-peering-connection --vpc-peering-connection-id';
  expect(await contentsOf(lookContextOf().aws, 'vpc-1')).toMatchObject([
    { text: 'VPC peering connection pcx-1 (to vpc-2)', command: `${remove} pcx-1` },
    { text: 'VPC peering connection pcx-3 (to vpc-4)', command: `${remove} pcx-3` },
  ]);
});
