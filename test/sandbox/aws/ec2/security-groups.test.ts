// The sandbox's security groups, through the SDK's client.
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  RevokeSecurityGroupIngressCommand,
  type CreateSecurityGroupRequest,
  type DescribeSecurityGroupsRequest,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { attachInterface, releaseInterface } from '../../../../sandbox/aws/ec2/network-interfaces.ts';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf, required } from './scene.ts';

async function scene() {
  const started = await sandbox();
  const { ec2 } = started;
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  return {
    ...started,
    make,
    vpc,
    create: (input: Partial<CreateSecurityGroupRequest>) =>
      ec2.send(
        new CreateSecurityGroupCommand({ VpcId: vpc, GroupName: 'web', Description: 'for tests', ...input }),
      ),
    find: async (input: DescribeSecurityGroupsRequest) =>
      required((await ec2.send(new DescribeSecurityGroupsCommand(input))).SecurityGroups),
    remove: (GroupId: string) => ec2.send(new DeleteSecurityGroupCommand({ GroupId })),
  };
}

test('a new group allows all egress and no ingress', async () => {
  const { create, find, vpc } = await scene();
  const Tags = [{ Key: 'Name', Value: 'front' }];
  const { GroupId } = await create({ TagSpecifications: [{ ResourceType: 'security-group', Tags }] });
  expect(await find({ GroupIds: [required(GroupId)] })).toEqual([
    {
      GroupId,
      GroupName: 'web',
      Description: 'for tests',
      VpcId: vpc,
      OwnerId: '000000000000',
      SecurityGroupArn: `arn:aws:ec2:eu-west-1:000000000000:security-group/${GroupId}`,
      Tags,
      IpPermissions: [],
      IpPermissionsEgress: [
        {
          IpProtocol: '-1',
          IpRanges: [{ CidrIp: '0.0.0.0/0' }],
          Ipv6Ranges: [],
          PrefixListIds: [],
          UserIdGroupPairs: [],
        },
      ],
    },
  ]);
});

test('group names are case-insensitive and unique within a VPC, but can be reused in another VPC', async () => {
  const { create, make, vpc } = await scene();
  await create({ GroupName: 'web' });
  expect(await refusalOf(create({ GroupName: 'WEB' }))).toEqual({
    code: 'InvalidGroup.Duplicate',
    message: `The security group 'WEB' already exists for VPC '${vpc}'`,
  });
  await create({ GroupName: 'web', VpcId: await make.vpc() });
});

test.each<[Partial<CreateSecurityGroupRequest>, string]>([
  [{ GroupName: 'sg-web' }, 'InvalidParameterValue'],
  [{ GroupName: 'Default' }, 'InvalidParameterValue'],
  [{ GroupName: 'w€b' }, 'InvalidParameterValue'],
  [{ GroupName: 'x'.repeat(256) }, 'InvalidParameterValue'],
  [{ Description: 'it´s' }, 'InvalidParameterValue'],
  [{ Description: 'x'.repeat(256) }, 'InvalidParameterValue'],
  [{ Description: '' }, 'MissingParameter'],
  [{ GroupName: '' }, 'MissingParameter'],
  [{ VpcId: undefined }, 'VPCIdNotSpecified'],
  [{ VpcId: 'vpc-0' }, 'InvalidVpcID.NotFound'],
])('a group with %j is refused with %s', async (input, code) => {
  const { create } = await scene();
  expect(await refusalOf(create(input))).toMatchObject({ code });
});

test('a name and a description of the maximum length are accepted', async () => {
  const { create } = await scene();
  const GroupName = 'a-Z 0._-:/()#,@[]+=&;{}!$*'.padEnd(255, 'x');
  await expect(create({ GroupName, Description: GroupName })).resolves.toMatchObject({
    GroupId: expect.stringMatching(/^sg-/),
  });
});

test('groups can be found by name, by VPC and by the content of their rules', async () => {
  const { ec2, create, find, vpc } = await scene();
  const { GroupId } = await create({ GroupName: 'web' });
  await create({ GroupName: 'task' });
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [
        { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '192.0.2.0/24' }] },
      ],
    }),
  );
  const names = async (Name: string, ...Values: string[]) =>
    (await find({ Filters: [{ Name, Values }] })).map(({ GroupName }) => GroupName);
  expect(await names('group-name', 'w*')).toEqual(['web']);
  expect(await names('vpc-id', vpc)).toEqual(['default', 'web', 'task']);
  expect(await names('ip-permission.cidr', '192.0.2.0/24')).toEqual(['web']);
  expect(await names('ip-permission.from-port', '80')).toEqual(['web']);
  expect(await names('ip-permission.group-name', 'default')).toEqual(['default']);
  expect(await names('egress.ip-permission.cidr', '0.0.0.0/0')).toEqual(['default', 'web', 'task']);
});

test('a group cannot be identified by name alone, because the account has no default VPC', async () => {
  const { ec2, find } = await scene();
  expect(await refusalOf(find({ GroupNames: ['web'] }))).toMatchObject({ code: 'VPCIdNotSpecified' });
  const byName = new DeleteSecurityGroupCommand({ GroupName: 'web' });
  expect(await refusalOf(ec2.send(byName))).toMatchObject({ code: 'VPCIdNotSpecified' });
});

test("a group cannot be deleted while another group's rule refers to it; its own rules do not block the deletion", async () => {
  const { ec2, make, vpc, remove } = await scene();
  const [web, task] = [await make.group(vpc, 'web'), await make.group(vpc, 'task')];
  const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: web }] }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: task, IpPermissions }));
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: web, IpPermissions }));
  expect(await refusalOf(remove(web))).toEqual({
    code: 'DependencyViolation',
    message: `resource ${web} has a dependent object`,
  });
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: task, IpPermissions }));
  await remove(web);
  expect(await refusalOf(remove(web))).toEqual({
    code: 'InvalidGroup.NotFound',
    message: `The security group '${web}' does not exist`,
  });
});

test('a group cannot be deleted while a network interface uses it', async () => {
  const { region, make, vpc, remove } = await scene();
  const group = await make.group(vpc);
  const { NetworkInterfaceId } = attachInterface(region, {
    subnetId: await make.subnet(vpc),
    groups: [group],
    description: 'ELB app/web/50dc6c495c0c9188',
    interfaceType: 'interface',
    requester: 'amazon-elb',
  });
  expect(await refusalOf(remove(group))).toMatchObject({ code: 'DependencyViolation' });
  releaseInterface(region, NetworkInterfaceId);
  await remove(group);
  expect(region.ec2.securityGroupRules.all().filter(({ GroupId }) => GroupId === group)).toEqual([]);
});

test('the default group of a VPC cannot be deleted', async () => {
  const { find, remove } = await scene();
  const [group] = await find({ Filters: [{ Name: 'group-name', Values: ['default'] }] });
  const GroupId = required(group?.GroupId);
  expect(await refusalOf(remove(GroupId))).toEqual({
    code: 'CannotDelete',
    message: `the specified group: "${GroupId}" name: "default" cannot be deleted by a user`,
  });
});
