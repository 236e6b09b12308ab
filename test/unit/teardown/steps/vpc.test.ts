// The removal of the VPC: the calls that it makes in each case.
import {
  DeleteVpcCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
} from '@aws-sdk/client-ec2';
import { beforeEach, expect, test } from '@jest/globals';
import { vpc } from '../../../../teardown/steps/vpc.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, sent, removeContextOf } from '../../step-harness.ts';
import { network } from '../../network.ts';

const remove = () => vpc.remove(removeContextOf({ noun: 'vpc' }, network().vpc['']));
const deletion = { command: 'DeleteVpc', input: { VpcId: 'vpc-1' } };
const Filters = [{ Name: 'vpc-id', Values: ['vpc-1'] }];
const looks = [
  { command: 'DescribeSecurityGroups', input: { Filters } },
  { command: 'DescribeSubnets', input: { Filters } },
  { command: 'DescribeRouteTables', input: { Filters } },
];
const foreignTag = { Key: 'slipway:stack', Value: 'other-dev' };

beforeEach(() => {
  // Every VPC has a default group, which is deleted with it.
  const SecurityGroups = [{ GroupId: 'sg-0', GroupName: 'default' }];
  mocks.ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups });
  mocks.ec2.on(DescribeSubnetsCommand).resolves({});
  const main = { RouteTableId: 'rtb-0', Associations: [{ Main: true }] };
  mocks.ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [main] });
});

test('removes what is ours', async () => {
  mocks.ec2.on(DeleteVpcCommand).resolves({});
  await remove();
  expect(sent()).toEqual([...looks, deletion]);
});

test('removes what is ours: retries until the last resource in the VPC is gone', async () => {
  mocks.ec2.on(DescribeSubnetsCommand).resolves({
    Subnets: [{ SubnetId: 'subnet-a', Tags: toPascalCaseTags(ourTags('subnets', 'public-1')) }],
  });
  mocks.ec2
    .on(DeleteVpcCommand)
    .rejectsOnce(awsError('DependencyViolation', 'The vpc has dependencies and cannot be deleted.'))
    .resolves({});
  await remove();
  expect(sent()).toEqual([...looks, deletion, deletion]);
});

test('counts what is already gone as removed', async () => {
  mocks.ec2.on(DeleteVpcCommand).rejects(awsError('InvalidVpcID.NotFound'));
  await remove();
  expect(sent()).toEqual([...looks, deletion]);
});

test('explains refusal', async () => {
  const refusal = awsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
  mocks.ec2.on(DeleteVpcCommand).rejects(refusal);
  await expect(remove()).rejects.toBe(refusal);
  expect(sent()).toEqual([...looks, deletion]);
});

test('explains refusal: a VPC is kept and its foreign resources are listed, if they still exist after a minute', async () => {
  mocks.ec2.on(DescribeSecurityGroupsCommand).resolves({
    SecurityGroups: [
      { GroupId: 'sg-0', GroupName: 'default' },
      { GroupId: 'sg-9', GroupName: 'theirs' },
      {
        GroupId: 'sg-w',
        GroupName: 'shop-dev-web',
        Tags: toPascalCaseTags(ourTags('securityGroups', 'web')),
      },
    ],
  });
  mocks.ec2.on(DescribeSubnetsCommand).resolves({
    Subnets: [{ SubnetId: 'subnet-9', CidrBlock: '10.0.200.0/24', Tags: [foreignTag] }],
  });
  mocks.ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [{ RouteTableId: 'rtb-9' }] });
  await expect(remove()).rejects.toMatchObject({
    code: 'FOREIGN',
    what: 'vpc-1 contains resources that do not belong to this stack, so it cannot be removed.',
    why: 'sg-9 (theirs)\nsubnet-9 (10.0.200.0/24)\nrtb-9 (route table)',
  });
  expect(sent()).not.toContainEqual(deletion);
});

test('removes what is ours: waits for a deleted resource that AWS still lists without its tags', async () => {
  mocks.ec2
    .on(DescribeSubnetsCommand)
    .resolvesOnce({ Subnets: [{ SubnetId: 'subnet-a', CidrBlock: '10.0.0.0/20', Tags: [] }] })
    .resolves({});
  mocks.ec2.on(DeleteVpcCommand).resolves({});
  await remove();
  expect(sent()).toEqual([...looks, ...looks, deletion]);
});
