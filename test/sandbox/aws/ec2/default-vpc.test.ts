// A region has no default VPC until a call creates it, with a subnet in each zone, a gateway and a route to the internet.
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateDefaultSubnetCommand,
  CreateDefaultVpcCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DescribeAccountAttributesCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  type AccountAttributeName,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { required } from './scene.ts';

async function scene() {
  const { ec2 } = await sandbox();
  return {
    ec2,
    createVpc: async () => required((await ec2.send(new CreateDefaultVpcCommand({}))).Vpc),
    createSubnet: async (AvailabilityZone: string) =>
      required((await ec2.send(new CreateDefaultSubnetCommand({ AvailabilityZone }))).Subnet),
    subnets: async () =>
      required(
        (
          await ec2.send(
            new DescribeSubnetsCommand({ Filters: [{ Name: 'default-for-az', Values: ['true'] }] }),
          )
        ).Subnets,
      ),
  };
}

test('the default VPC has a default subnet with public addresses in each zone', async () => {
  const { ec2, createVpc, subnets } = await scene();
  const vpc = await createVpc();
  expect(vpc).toMatchObject({ CidrBlock: '172.31.0.0/16', IsDefault: true, State: 'pending' });
  const { VpcId } = vpc;
  const Filters = [{ Name: 'is-default', Values: ['true'] }];
  expect((await ec2.send(new DescribeVpcsCommand({ Filters }))).Vpcs).toMatchObject([{ VpcId }]);
  expect(await subnets()).toMatchObject(
    [
      ['eu-west-1a', '172.31.0.0/20'],
      ['eu-west-1b', '172.31.16.0/20'],
      ['eu-west-1c', '172.31.32.0/20'],
    ].map(([AvailabilityZone, CidrBlock]) => ({
      ...{ AvailabilityZone, CidrBlock, VpcId, DefaultForAz: true, MapPublicIpOnLaunch: true },
    })),
  );
  const hostnames = await ec2.send(
    new DescribeVpcAttributeCommand({ VpcId, Attribute: 'enableDnsHostnames' }),
  );
  expect(hostnames.EnableDnsHostnames).toEqual({ Value: true });
});

test('the main route table of the default VPC leads to an attached internet gateway', async () => {
  const { ec2, createVpc } = await scene();
  const { VpcId } = await createVpc();
  const { InternetGateways } = await ec2.send(new DescribeInternetGatewaysCommand({}));
  expect(InternetGateways).toMatchObject([{ Attachments: [{ VpcId, State: 'available' }] }]);
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({}));
  expect(RouteTables).toMatchObject([
    {
      Associations: [{ Main: true }],
      Routes: [
        { GatewayId: 'local' },
        {
          DestinationCidrBlock: '0.0.0.0/0',
          GatewayId: InternetGateways?.[0]?.InternetGatewayId,
          State: 'active',
        },
      ],
    },
  ]);
});

test('a region has at most one default VPC', async () => {
  const { createVpc } = await scene();
  await createVpc();
  expect(await refusalOf(createVpc())).toEqual({
    code: 'DefaultVpcAlreadyExists',
    message: 'A Default VPC already exists for this account in this region.',
  });
});

test('a default subnet can be created only in a zone that has no default subnet', async () => {
  const { ec2, createVpc, createSubnet, subnets } = await scene();
  expect(await refusalOf(createSubnet('eu-west-1b'))).toMatchObject({ code: 'DefaultVpcDoesNotExist' });
  await createVpc();
  expect(await refusalOf(createSubnet('eu-west-1b'))).toMatchObject({
    code: 'DefaultSubnetAlreadyExistsInAvailabilityZone',
  });
  await ec2.send(new DeleteSubnetCommand({ SubnetId: (await subnets())[1]?.SubnetId }));
  expect(await createSubnet('eu-west-1b')).toMatchObject({
    ...{ CidrBlock: '172.31.16.0/20', DefaultForAz: true, MapPublicIpOnLaunch: true, State: 'pending' },
  });
  expect(await refusalOf(createSubnet('eu-west-1z'))).toMatchObject({ code: 'InvalidParameterValue' });
});

test('security groups of the default VPC can be created, found, changed and deleted by name', async () => {
  const { ec2, createVpc } = await scene();
  const create = () =>
    ec2.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'for tests' }));
  const find = async (name: string) =>
    (await ec2.send(new DescribeSecurityGroupsCommand({ GroupNames: [name] }))).SecurityGroups;
  expect(await refusalOf(create())).toMatchObject({ code: 'VPCIdNotSpecified' });
  const { VpcId } = await createVpc();
  const { GroupId } = await create();
  const UserIdGroupPairs = [{ GroupName: 'default' }];
  const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupName: 'web', IpPermissions }));
  const [defaultGroup] = required(await find('default'));
  expect(await find('web')).toMatchObject([
    { GroupId, VpcId, IpPermissions: [{ UserIdGroupPairs: [{ GroupId: defaultGroup?.GroupId }] }] },
  ]);
  await ec2.send(new DeleteSecurityGroupCommand({ GroupName: 'web' }));
  expect(await refusalOf(find('web'))).toEqual({
    code: 'InvalidGroup.NotFound',
    message: `The security group 'web' does not exist in default VPC '${VpcId}'`,
  });
});

test('the account attributes include the id of the default VPC', async () => {
  const { ec2, createVpc } = await scene();
  const valueOf = async (name: AccountAttributeName) => {
    const command = new DescribeAccountAttributesCommand({ AttributeNames: [name] });
    const { AccountAttributes } = await ec2.send(command);
    expect(AccountAttributes).toHaveLength(1);
    return AccountAttributes?.[0]?.AttributeValues?.map(({ AttributeValue }) => AttributeValue);
  };
  expect(await valueOf('default-vpc')).toEqual(['none']);
  const { VpcId } = await createVpc();
  expect(await valueOf('default-vpc')).toEqual([VpcId]);
  expect(await valueOf('supported-platforms')).toEqual(['VPC']);
  const { AccountAttributes } = await ec2.send(new DescribeAccountAttributesCommand({}));
  expect(AccountAttributes?.map(({ AttributeName }) => AttributeName)).toContain('max-elastic-ips');
});
