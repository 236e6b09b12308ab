// The removal of the VPC: the calls that it makes in each case.
import {
  DeleteVpcCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { vpc } from '../../../../teardown/steps/vpc.ts';
import { toPascalCaseTags } from '../../../../lib/derive/tags.ts';
import {
  awsError,
  mockOtherCallsAsEmpty,
  mocks,
  mutations,
  ourTags,
  sentCalls,
  removeContextOf,
} from '../../step-harness.ts';
import { network } from '../../network.ts';

const remove = () => vpc.remove(removeContextOf({ noun: 'vpc' }, network().vpc['']));
const deleteCall = { command: 'DeleteVpc', input: { VpcId: 'vpc-1' } };
/** Returns how often the contents of the VPC were listed. */
const listingCount = () => sentCalls().filter(({ command }) => command === 'DescribeSubnets').length;
const foreignTag = { Key: 'slipway:stack', Value: 'other-dev' };

beforeEach(() => {
  mockOtherCallsAsEmpty();
  mocks.ec2.on(DescribeVpcsCommand).resolves({ Vpcs: [{ VpcId: 'vpc-1' }] });
  // Every VPC has a default group, which is deleted with the VPC.
  const SecurityGroups = [{ GroupId: 'sg-0', GroupName: 'default' }];
  mocks.ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups });
  const main = { RouteTableId: 'rtb-0', Associations: [{ Main: true }] };
  mocks.ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [main] });
});

test('removes what is ours', async () => {
  mocks.ec2.on(DeleteVpcCommand).resolves({});
  await remove();
  expect(mutations()).toEqual([deleteCall]);
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
  expect(mutations()).toEqual([deleteCall, deleteCall]);
});

test('counts a missing resource as removed', async () => {
  mocks.ec2.on(DeleteVpcCommand).rejects(awsError('InvalidVpcID.NotFound'));
  await remove();
  expect(mutations()).toEqual([deleteCall]);
});

test('throws the error when AWS refuses a call', async () => {
  const refusal = awsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
  mocks.ec2.on(DeleteVpcCommand).rejects(refusal);
  await expect(remove()).rejects.toBe(refusal);
  expect(mutations()).toEqual([deleteCall]);
});

describe('explains refusal: a VPC is kept and its foreign resources are listed', () => {
  const Subnets = [{ SubnetId: 'subnet-9', CidrBlock: '10.0.200.0/24' }];

  test('at once, if they certainly belong to someone else', async () => {
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
    mocks.ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [{ ...Subnets[0], Tags: [foreignTag] }] });
    mocks.ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [{ RouteTableId: 'rtb-9' }] });
    await expect(remove()).rejects.toMatchObject({
      code: 'FOREIGN',
      what: 'vpc-1 contains resources that do not belong to this stack, so it cannot be removed.',
      why: 'subnet subnet-9 (10.0.200.0/24)\nsecurity group sg-9 (theirs)\nroute table rtb-9',
      fix: [
        'aws ec2 delete-subnet --subnet-id subnet-9 --region eu-west-1',
        'aws ec2 delete-security-group --group-id sg-9 --region eu-west-1',
        'aws ec2 delete-route-table --route-table-id rtb-9 --region eu-west-1',
        'Then run the same command again, to finish.',
      ],
    });
    expect(listingCount()).toBe(1);
    expect(mutations()).toEqual([]);
  });

  test('after a minute, if they may be resources of the stack that are already deleted', async () => {
    mocks.ec2.on(DescribeSubnetsCommand).resolves({ Subnets });
    await expect(remove()).rejects.toMatchObject({
      code: 'FOREIGN',
      why: 'subnet subnet-9 (10.0.200.0/24)',
    });
    expect(listingCount()).toBeGreaterThan(2);
    expect(mutations()).toEqual([]);
  });
});

test('removes what is ours: waits for a deleted resource that AWS still lists without its tags', async () => {
  mocks.ec2
    .on(DescribeSubnetsCommand)
    .resolvesOnce({ Subnets: [{ SubnetId: 'subnet-a', CidrBlock: '10.0.0.0/20', Tags: [] }] })
    .resolves({});
  mocks.ec2.on(DeleteVpcCommand).resolves({});
  await remove();
  expect(listingCount()).toBe(2);
  expect(mutations()).toEqual([deleteCall]);
});
