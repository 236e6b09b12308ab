// The default network ACLs of the sandbox's VPCs.
import { DescribeNetworkAclsCommand } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { refusalOf, sandbox } from '../../harness.ts';
import { makerOf } from './scene.ts';

test('the default ACL of a VPC allows all traffic and is associated with every subnet', async () => {
  const { ec2 } = await sandbox();
  const make = makerOf(ec2);
  const vpc = await make.vpc();
  const subnets = [await make.subnet(vpc, '10.0.1.0/24'), await make.subnet(vpc, '10.0.2.0/24')];
  await make.vpc();
  const { NetworkAcls } = await ec2.send(
    new DescribeNetworkAclsCommand({
      Filters: [
        { Name: 'vpc-id', Values: [vpc] },
        { Name: 'default', Values: ['true'] },
        { Name: 'association.subnet-id', Values: [subnets[1] ?? ''] },
      ],
    }),
  );
  expect(NetworkAcls).toMatchObject([
    { VpcId: vpc, IsDefault: true, Associations: subnets.map((SubnetId) => ({ SubnetId })) },
  ]);
  expect(NetworkAcls?.[0]?.Entries?.filter(({ Egress }) => !Egress)).toMatchObject([
    { RuleNumber: 100, RuleAction: 'allow', CidrBlock: '0.0.0.0/0' },
    { RuleNumber: 32_767, RuleAction: 'deny' },
  ]);
});

test('an unknown ACL is refused', async () => {
  const { ec2 } = await sandbox();
  const command = new DescribeNetworkAclsCommand({ NetworkAclIds: ['acl-0'] });
  expect(await refusalOf(ec2.send(command))).toMatchObject({ code: 'InvalidNetworkAclID.NotFound' });
});
