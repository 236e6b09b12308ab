// An ID that does not have the form of its kind is refused as malformed, before the resource is looked up.
import {
  CreateNatGatewayCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  DeleteVpcCommand,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribePrefixListsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  RevokeSecurityGroupIngressCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf } from './scene.ts';

const KINDS: [string, string, (ec2: EC2Client, ids: string[]) => Promise<object>][] = [
  ['vpc', 'InvalidVpcID', (ec2, VpcIds) => ec2.send(new DescribeVpcsCommand({ VpcIds }))],
  ['subnet', 'InvalidSubnetID', (ec2, SubnetIds) => ec2.send(new DescribeSubnetsCommand({ SubnetIds }))],
  [
    'igw',
    'InvalidInternetGatewayId',
    (ec2, InternetGatewayIds) => ec2.send(new DescribeInternetGatewaysCommand({ InternetGatewayIds })),
  ],
  [
    'rtb',
    'InvalidRouteTableId',
    (ec2, RouteTableIds) => ec2.send(new DescribeRouteTablesCommand({ RouteTableIds })),
  ],
  ['sg', 'InvalidGroupId', (ec2, GroupIds) => ec2.send(new DescribeSecurityGroupsCommand({ GroupIds }))],
  [
    'sgr',
    'InvalidSecurityGroupRuleId',
    (ec2, SecurityGroupRuleIds) => ec2.send(new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds })),
  ],
  [
    'eni',
    'InvalidNetworkInterfaceId',
    (ec2, NetworkInterfaceIds) => ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds })),
  ],
  [
    'acl',
    'InvalidNetworkAclId',
    (ec2, NetworkAclIds) => ec2.send(new DescribeNetworkAclsCommand({ NetworkAclIds })),
  ],
  [
    'vpce',
    'InvalidVpcEndpointId',
    (ec2, VpcEndpointIds) => ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds })),
  ],
  [
    'pl',
    'InvalidPrefixListId',
    (ec2, PrefixListIds) => ec2.send(new DescribePrefixListsCommand({ PrefixListIds })),
  ],
  ['i', 'InvalidInstanceID', (ec2, InstanceIds) => ec2.send(new DescribeInstancesCommand({ InstanceIds }))],
  [
    'pcx',
    'InvalidVpcPeeringConnectionId',
    (ec2, ids) => ec2.send(new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: ids })),
  ],
];

test.each(KINDS)('a malformed %s-… ID is refused with %s.Malformed', async (prefix, code, describe) => {
  const { ec2 } = await sandbox();
  const idLists = [[`${prefix}-0`, 'web'], [`${prefix}-nonsense`], [`${prefix}-0123456789abcdef01`]];
  const quotedIds = [
    `"web" (expecting "${prefix}-...")`,
    `"${prefix}-nonsense"`,
    `"${prefix}-0123456789abcdef01"`,
  ];
  for (const [i, ids] of idLists.entries()) {
    expect(await refusalOf(describe(ec2, ids))).toEqual({
      code: `${code}.Malformed`,
      message: `Invalid id: ${quotedIds[i]}`,
    });
  }
  expect((await refusalOf(describe(ec2, [`${prefix}-0123456789abcdef0`]))).code).toMatch(/NotFound$/);
});

test('a malformed ID of a NAT gateway has another error code, and one of an elastic IP counts as unknown', async () => {
  const { ec2 } = await sandbox();
  const nat = ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: ['web'] }));
  expect(await refusalOf(nat)).toMatchObject({ code: 'NatGatewayMalformed' });
  const address = ec2.send(new DescribeAddressesCommand({ AllocationIds: ['web'] }));
  expect(await refusalOf(address)).toMatchObject({ code: 'InvalidAllocationID.NotFound' });
});

test('calls that change something refuse malformed IDs as well', async () => {
  const { ec2 } = await sandbox();
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  const SubnetId = await make.subnet(vpc);
  const Tags = [{ Key: 'a', Value: '1' }];
  for (const [call, code] of [
    [ec2.send(new DeleteVpcCommand({ VpcId: SubnetId })), 'InvalidVpcID.Malformed'],
    [ec2.send(new CreateSubnetCommand({ VpcId: 'web', CidrBlock: '10.0.0.0/24' })), 'InvalidVpcID.Malformed'],
    [
      ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId: 'web' })),
      'InvalidElasticIpID.Malformed',
    ],
    [
      ec2.send(
        new RevokeSecurityGroupIngressCommand({
          GroupId: await make.group(vpc),
          SecurityGroupRuleIds: ['10.0.0.0/8'],
        }),
      ),
      'InvalidSecurityGroupRuleId.Malformed',
    ],
    [ec2.send(new CreateTagsCommand({ Resources: ['vpc-nonsense'], Tags })), 'InvalidID'],
  ] as const) {
    expect(await refusalOf(call)).toMatchObject({ code });
  }
});
