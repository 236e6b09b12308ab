// A delete that AWS refuses because the resource is in use: the error lists what uses it.
import {
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { explainInUse } from '../../../teardown/in-use.ts';
import { awsError, lookContextOf, mocks, sent } from '../step-harness.ts';

const securityGroup = { id: 'sg-1', vpcId: 'vpc-1' };
const deleting = (error?: Error) =>
  explainInUse(lookContextOf().aws, securityGroup, async () => {
    if (error) throw error;
  });

beforeEach(() => {
  mocks.ec2
    .resolves({})
    .on(DescribeVpcsCommand)
    .resolves({ Vpcs: [{ VpcId: 'vpc-1' }] })
    .on(DescribeNetworkInterfacesCommand)
    .resolves({
      NetworkInterfaces: [
        {
          NetworkInterfaceId: 'eni-1',
          Description: 'RDS',
          SubnetId: 'subnet-1',
          Groups: [{ GroupId: 'sg-1' }],
        },
        {
          NetworkInterfaceId: 'eni-2',
          Description: 'other',
          SubnetId: 'subnet-1',
          Groups: [{ GroupId: 'sg-2' }],
        },
      ],
    })
    .on(DescribeSecurityGroupsCommand)
    .resolves({ SecurityGroups: [{ GroupId: 'sg-1', GroupName: 'shop-dev-web' }] });
});

test('after a successful delete, AWS is not asked what uses the resource', async () => {
  await deleting();
  expect(sent()).toEqual([]);
});

describe.each(['DependencyViolation', 'InvalidGroup.InUse'])('a delete that fails with %s', (code) => {
  test('the error lists what uses the resource, and nothing else', async () => {
    const error = awsError(code);
    await expect(deleting(error)).rejects.toMatchObject({
      code: 'FOREIGN',
      what: 'sg-1 is still in use, so it cannot be removed.',
      why: 'network interface eni-1 (RDS) uses subnet-1, sg-1',
      now: 'It is kept, and so are the resources that use it.',
      cause: error,
    });
  });

  test('the original error is thrown if nothing is found that uses the resource', async () => {
    const error = awsError(code);
    mocks.ec2.on(DescribeNetworkInterfacesCommand).resolves({});
    await expect(deleting(error)).rejects.toBe(error);
  });
});

test('any other error is thrown unchanged', async () => {
  const error = awsError('UnauthorizedOperation', 'no', 403);
  await expect(deleting(error)).rejects.toBe(error);
  expect(sent()).toEqual([]);
});
