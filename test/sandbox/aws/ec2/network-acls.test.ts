// Network ACLs: the default ACL of each VPC, ACLs that a client creates, and their associations with subnets.
import {
  CreateNetworkAclCommand,
  CreateTagsCommand,
  DeleteNetworkAclCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeNetworkAclsCommand,
  ReplaceNetworkAclAssociationCommand,
  type CreateNetworkAclRequest,
  type Filter,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf, required } from './scene.ts';

async function scene() {
  const started = await sandbox();
  const { ec2 } = started;
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  const acls = async (...Filters: Filter[]) =>
    required((await ec2.send(new DescribeNetworkAclsCommand({ Filters }))).NetworkAcls);
  return {
    ...started,
    make,
    vpc,
    acls,
    create: async (input: Partial<CreateNetworkAclRequest> = {}) =>
      required((await ec2.send(new CreateNetworkAclCommand({ VpcId: vpc, ...input }))).NetworkAcl),
    remove: (NetworkAclId?: string) => ec2.send(new DeleteNetworkAclCommand({ NetworkAclId })),
    /** Moves a subnet to another ACL and returns the ID of the new association. */
    move: async (SubnetId: string, NetworkAclId?: string) => {
      const [acl] = await acls({ Name: 'association.subnet-id', Values: [SubnetId] });
      const AssociationId = acl?.Associations?.find(
        (one) => one.SubnetId === SubnetId,
      )?.NetworkAclAssociationId;
      const command = new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId });
      return (await ec2.send(command)).NewAssociationId;
    },
  };
}

test('the default ACL of a VPC allows all traffic and is associated with every subnet', async () => {
  const { vpc, make, acls } = await scene();
  const subnets = [await make.subnet(vpc, '10.0.1.0/24'), await make.subnet(vpc, '10.0.2.0/24')];
  await make.vpc();
  const found = await acls(
    { Name: 'vpc-id', Values: [vpc] },
    { Name: 'default', Values: ['true'] },
    { Name: 'association.subnet-id', Values: [subnets[1] ?? ''] },
  );
  expect(found).toMatchObject([
    { VpcId: vpc, IsDefault: true, Associations: subnets.map((SubnetId) => ({ SubnetId })), Tags: [] },
  ]);
  expect(found[0]?.Entries?.filter(({ Egress }) => !Egress)).toMatchObject([
    { RuleNumber: 100, RuleAction: 'allow', CidrBlock: '0.0.0.0/0' },
    { RuleNumber: 32_767, RuleAction: 'deny' },
  ]);
});

test('a new ACL denies everything, has tags, and is created once per client token', async () => {
  const { vpc, create, acls } = await scene();
  const Tags = [{ Key: 'Name', Value: 'public' }];
  const input = { TagSpecifications: [{ ResourceType: 'network-acl' as const, Tags }], ClientToken: 'once' };
  const acl = await create(input);
  expect(acl).toMatchObject({ VpcId: vpc, IsDefault: false, Associations: [], Tags });
  expect(acl.Entries).toEqual(
    [true, false].map((Egress) => ({
      CidrBlock: '0.0.0.0/0',
      Egress,
      Protocol: '-1',
      RuleAction: 'deny',
      RuleNumber: 32_767,
    })),
  );
  expect((await create(input)).NetworkAclId).toBe(acl.NetworkAclId);
  expect(await refusalOf(create({ ClientToken: 'once' }))).toMatchObject({
    code: 'IdempotentParameterMismatch',
  });
  expect(await acls({ Name: 'tag:Name', Values: ['public'] })).toEqual([acl]);
  expect(await refusalOf(create({ VpcId: 'vpc-0' }))).toMatchObject({ code: 'InvalidVpcID.NotFound' });
});

test('tags can be added to the default ACL', async () => {
  const { ec2, acls } = await scene();
  const [acl] = await acls();
  const Tags = [{ Key: 'Name', Value: 'default' }];
  await ec2.send(new CreateTagsCommand({ Resources: [required(acl?.NetworkAclId)], Tags }));
  expect(await acls({ Name: 'tag:Name', Values: ['default'] })).toMatchObject([{ IsDefault: true, Tags }]);
});

test('a subnet moves to another ACL, and its association gets a new ID', async () => {
  const { vpc, make, acls, create, move } = await scene();
  const subnet = await make.subnet(vpc);
  const { NetworkAclId } = await create();
  const [before] = await acls({ Name: 'association.subnet-id', Values: [subnet] });
  const association = await move(subnet, NetworkAclId);
  expect(association).not.toBe(before?.Associations?.[0]?.NetworkAclAssociationId);
  expect(await acls({ Name: 'association.association-id', Values: [association ?? ''] })).toMatchObject([
    {
      NetworkAclId,
      Associations: [{ NetworkAclAssociationId: association, NetworkAclId, SubnetId: subnet }],
    },
  ]);
  expect(await acls({ Name: 'default', Values: ['true'] })).toMatchObject([{ Associations: [] }]);
});

test('an unknown association, and an ACL of another VPC, are refused', async () => {
  const { ec2, vpc, make, create, move } = await scene();
  const subnet = await make.subnet(vpc);
  const aclOfOtherVpc = await create({ VpcId: await make.vpc() });
  expect(await refusalOf(move(subnet, aclOfOtherVpc.NetworkAclId))).toMatchObject({
    code: 'InvalidParameterValue',
    message: expect.stringContaining('belong to different networks'),
  });
  const command = new ReplaceNetworkAclAssociationCommand({
    AssociationId: 'aclassoc-0',
    NetworkAclId: aclOfOtherVpc.NetworkAclId,
  });
  expect(await refusalOf(ec2.send(command))).toEqual({
    code: 'InvalidAssociationID.NotFound',
    message: "The association ID 'aclassoc-0' does not exist",
  });
});

test('the default ACL, an ACL that a subnet uses, and an unknown ACL cannot be deleted', async () => {
  const { ec2, vpc, make, acls, create, move, remove } = await scene();
  const [defaultAcl] = await acls();
  expect(await refusalOf(remove(defaultAcl?.NetworkAclId))).toMatchObject({ code: 'InvalidParameterValue' });
  const { NetworkAclId } = await create();
  const subnet = await make.subnet(vpc);
  await move(subnet, NetworkAclId);
  expect(await refusalOf(remove(NetworkAclId))).toEqual({
    code: 'DependencyViolation',
    message: `The networkAcl '${NetworkAclId}' has dependencies and cannot be deleted.`,
  });
  await ec2.send(new DeleteSubnetCommand({ SubnetId: subnet }));
  await remove(NetworkAclId);
  expect(await refusalOf(remove(NetworkAclId))).toMatchObject({ code: 'InvalidNetworkAclID.NotFound' });
});

test('an ACL that a client created blocks the deletion of its VPC; the default ACL is deleted with the VPC', async () => {
  const { ec2, vpc, acls, create, remove } = await scene();
  const { NetworkAclId } = await create();
  const removeVpc = () => ec2.send(new DeleteVpcCommand({ VpcId: vpc }));
  expect(await refusalOf(removeVpc())).toMatchObject({ code: 'DependencyViolation' });
  await remove(NetworkAclId);
  await removeVpc();
  expect(await acls()).toEqual([]);
});

test('an unknown ACL is refused', async () => {
  const { ec2 } = await sandbox();
  const command = new DescribeNetworkAclsCommand({ NetworkAclIds: ['acl-0'] });
  expect(await refusalOf(ec2.send(command))).toMatchObject({ code: 'InvalidNetworkAclID.NotFound' });
});
