// The table of transient errors: which errors it lists, and which it must never list.
import { describe, expect, test } from '@jest/globals';
import { isQuota } from '../../../../lib/aws/errors.ts';
import { retryDelayMs } from '../../../../lib/aws/retry-delay.ts';
import { transientErrorFor, transientErrors } from '../../../../lib/aws/transient-errors.ts';
import { awsError } from '../../errors.ts';

const DAY_SECONDS = 24 * 3600;

describe('an error is transient', () => {
  test.each([
    ['CreateSubnet', awsError('InvalidVpcID.NotFound')],
    ['AttachInternetGateway', awsError('InvalidInternetGatewayID.NotFound')],
    ['CreateRoute', awsError('InvalidNatGatewayID.NotFound')],
    ['CreateRoute', awsError('NatGatewayNotFound')],
    ['AssociateRouteTable', awsError('InvalidRouteTableId.NotFound')],
    ['ReplaceRouteTableAssociation', awsError('InvalidRouteTableID.NotFound')],
    ['AuthorizeSecurityGroupIngress', awsError('InvalidGroup.NotFound')],
    ['AuthorizeSecurityGroupEgress', awsError('InvalidGroup.NotFound')],
    ['CreateLoadBalancer', awsError('InvalidSubnet', 'VPC vpc-1 has no internet gateway')],
    ['CreateLoadBalancer', awsError('InvalidSecurityGroup', 'One or more security groups are invalid')],
    [
      'CreateService',
      awsError('InvalidParameterException', 'The target group does not have an associated load balancer.'),
    ],
    [
      'CreateService',
      awsError('AccessDeniedException', 'not authorized to perform: iam:PassRole on resource'),
    ],
    ['CreateService', awsError('ClientException', 'TaskDefinition not found.')],
    [
      'CreateService',
      awsError(
        'InvalidParameterException',
        "Error retrieving security group information for [sg-1]: The security group 'sg-1' does not exist (ErrorCode: InvalidGroup.NotFound)",
      ),
    ],
    ['UpdateService', awsError('ServiceNotFoundException', 'Service not found.')],
    [
      'ReleaseAddress',
      awsError('AuthFailure', 'You do not have permission to access the specified resource.'),
    ],
    [
      'DetachInternetGateway',
      awsError('DependencyViolation', 'Network vpc-1 has some mapped public address(es).'),
    ],
    ['DeleteSecurityGroup', awsError('DependencyViolation', 'resource sg-1 has a dependent object')],
    ['DeleteTargetGroup', awsError('ResourceInUse')],
    ['ChangeResourceRecordSets', awsError('PriorRequestNotComplete')],
    ['DeleteHostedZone', awsError('PriorRequestNotComplete')],
  ])('%s: %s', (command, error) => {
    expect(transientErrorFor(command, error)).toBeDefined();
  });
});

describe('an error is permanent', () => {
  test.each([
    ['a wrong id in a read call', 'DescribeVpcs', awsError('InvalidVpcID.NotFound')],
    ['a deleted resource, in a delete', 'DeleteSubnet', awsError('InvalidSubnetID.NotFound')],
    [
      'a deleted group, when rules are revoked',
      'RevokeSecurityGroupIngress',
      awsError('InvalidGroup.NotFound'),
    ],
    ['a deleted zone, in its delete', 'DeleteHostedZone', awsError('NoSuchHostedZone')],
    ['a released address', 'ReleaseAddress', awsError('InvalidAllocationID.NotFound')],
    ['a quota', 'CreateNatGateway', awsError('NatGatewayLimitExceeded')],
    ['a CIDR block that is taken', 'CreateSubnet', awsError('InvalidSubnet.Conflict')],
    [
      'a denial that is not about passing a role',
      'CreateService',
      awsError('AccessDeniedException', 'ecs:CreateService'),
    ],
    [
      'a different mistake in the same call',
      'CreateService',
      awsError('InvalidParameterException', 'No such port.'),
    ],
    ['a rule that exists already', 'AuthorizeSecurityGroupIngress', awsError('InvalidPermission.Duplicate')],
    ['an error that is not from AWS', 'CreateSubnet', new TypeError('InvalidVpcID.NotFound')],
  ])('%s', (_, command, error) => {
    expect(transientErrorFor(command, error)).toBeUndefined();
  });

  test('in every call: a quota, a denial, expired credentials', () => {
    const commands = transientErrors.flatMap(({ commands = [] }) => commands);
    for (const code of [
      'VpcLimitExceeded',
      'LimitExceeded',
      'TooManyTargetGroups',
      'UnauthorizedOperation',
      'ExpiredToken',
    ]) {
      const error = awsError(code);
      expect(commands.filter((command) => transientErrorFor(command, error))).toEqual([]);
    }
    expect(isQuota(awsError('VpcLimitExceeded'))).toBe(true);
  });
});

describe('every call is retried', () => {
  const throttle = awsError('RequestLimitExceeded', 'slow down', 503);
  const failure = awsError('InternalError', 'oops', 500);

  test.each([
    ['throttling', throttle, 10, undefined],
    ['a server error', failure, 4, true],
  ])('after %s, with a limited number of attempts', (_, error, maxAttempts, ambiguous) => {
    for (const command of ['DescribeVpcs', 'CreateVpc']) {
      expect(transientErrorFor(command, error)).toMatchObject({ maxAttempts });
      expect(transientErrorFor(command, error)?.mayHaveTakenEffect).toBe(ambiguous);
    }
  });

  test('after delays that grow and have jitter', () => {
    const transient = transientErrorFor('DescribeVpcs', throttle);
    if (!transient) throw new Error('throttling is transient');
    expect([1, 2, 3, 7].map((attempts) => retryDelayMs(transient, attempts, 100, 1))).toEqual([
      500, 1000, 2000, 20_000,
    ]);
    expect(retryDelayMs(transient, 3, 100, 0.25)).toBe(500);
  });

  test('but not after 501, for an operation that does not exist', () => {
    expect(transientErrorFor('DescribeVpcs', awsError('NotImplemented', 'no', 501))).toBeUndefined();
  });
});

test('every row of the table has a reason and a time limit', () => {
  for (const { why, seconds, commands = [] } of transientErrors) {
    expect(why).not.toBe('');
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(DAY_SECONDS);
    for (const command of commands) expect(command).not.toMatch(/Command$/);
  }
});
