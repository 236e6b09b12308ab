// Kinds of resources that the sandbox cannot create have empty lists.
import * as EC2 from '@aws-sdk/client-ec2';
import {
  DescribeEgressOnlyInternetGatewaysCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupReferencesCommand,
  DescribeStaleSecurityGroupsCommand,
  DescribeTransitGatewayVpcAttachmentsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpnConnectionsCommand,
  DescribeVpnGatewaysCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { CreateClusterCommand, ListContainerInstancesCommand } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { emptyListOperations } from '../../../../sandbox/aws/ec2/empty-lists.ts';
import { refusalOf, sandbox } from '../../harness.ts';
import { account } from '../ecs/scene.ts';
import { makerOf } from './scene.ts';

test.each<[string, (ec2: EC2Client) => Promise<object>, object]>([
  ['instances', (ec2) => ec2.send(new DescribeInstancesCommand({ Filters: [] })), { Reservations: [] }],
  [
    'peering connections',
    (ec2) => ec2.send(new DescribeVpcPeeringConnectionsCommand({})),
    { VpcPeeringConnections: [] },
  ],
  [
    'egress-only internet gateways',
    (ec2) => ec2.send(new DescribeEgressOnlyInternetGatewaysCommand({})),
    { EgressOnlyInternetGateways: [] },
  ],
  ['VPN gateways', (ec2) => ec2.send(new DescribeVpnGatewaysCommand({})), { VpnGateways: [] }],
  ['VPN connections', (ec2) => ec2.send(new DescribeVpnConnectionsCommand({})), { VpnConnections: [] }],
  [
    'attachments of transit gateways',
    (ec2) => ec2.send(new DescribeTransitGatewayVpcAttachmentsCommand({})),
    { TransitGatewayVpcAttachments: [] },
  ],
])('there are no %s', async (_what, list, empty) => {
  const { ec2 } = await sandbox();
  expect(await list(ec2)).toMatchObject(empty);
});

test.each(Object.keys(emptyListOperations).filter((name) => !/SecurityGroup(s|References)$/.test(name)))(
  '%s without parameters returns an empty list',
  async (operation) => {
    const { ec2 } = await sandbox();
    const command = `${operation}Command` as 'DescribeInstancesCommand';
    const { $metadata: _, ...output } = await ec2.send(new EC2[command]({}));
    expect(Object.values(output)).toEqual([[]]);
  },
);

test('no group is stale, and none is referred to from another VPC', async () => {
  const { ec2 } = await sandbox();
  const make = makerOf(ec2);
  const VpcId = await make.vpc();
  const GroupId = [await make.group(VpcId)];
  const stale = (id: string) => ec2.send(new DescribeStaleSecurityGroupsCommand({ VpcId: id }));
  expect(await stale(VpcId)).toMatchObject({ StaleSecurityGroupSet: [] });
  expect(await refusalOf(stale('vpc-0'))).toMatchObject({ code: 'InvalidVpcID.NotFound' });
  const references = new DescribeSecurityGroupReferencesCommand({ GroupId });
  expect(await ec2.send(references)).toMatchObject({ SecurityGroupReferenceSet: [] });
});

test('a call that describes an instance by id is refused, because no instance exists', async () => {
  const { ec2 } = await sandbox();
  const call = ec2.send(new DescribeInstancesCommand({ InstanceIds: ['i-0123456789abcdef0'] }));
  expect(await refusalOf(call)).toEqual({
    code: 'InvalidInstanceID.NotFound',
    message: "The instance ID 'i-0123456789abcdef0' does not exist",
  });
});

test('a cluster has no container instances, and an unknown cluster is refused', async () => {
  const { ecs } = await account();
  await ecs.send(new CreateClusterCommand({ clusterName: 'shop' }));
  const list = (cluster: string) => ecs.send(new ListContainerInstancesCommand({ cluster }));
  expect(await list('shop')).toMatchObject({ containerInstanceArns: [] });
  expect(await refusalOf(list('another'))).toMatchObject({ code: 'ClusterNotFoundException' });
});
