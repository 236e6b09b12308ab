// The table of what passes by itself: what is in it, and what must never be.
import { describe, expect, test } from '@jest/globals';
import { isQuota } from '../../../../lib/aws/errors.ts';
import { retryDelayMs, transientErrorFor, transientErrors } from '../../../../lib/aws/transient-errors.ts';
import { awsError } from '../../errors.ts';

const DAY = 24 * 3600;

describe('an error passes', () => {
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
    ['an id that is wrong in a call that reads', 'DescribeVpcs', awsError('InvalidVpcID.NotFound')],
    ['a thing that is gone, in a delete', 'DeleteSubnet', awsError('InvalidSubnetID.NotFound')],
    [
      'a group that is gone, when its rules are taken away',
      'RevokeSecurityGroupIngress',
      awsError('InvalidGroup.NotFound'),
    ],
    ['a zone that is gone, in its delete', 'DeleteHostedZone', awsError('NoSuchHostedZone')],
    ['an address that is gone', 'ReleaseAddress', awsError('InvalidAllocationID.NotFound')],
    ['a quota', 'CreateNatGateway', awsError('NatGatewayLimitExceeded')],
    ['a block that is taken', 'CreateSubnet', awsError('InvalidSubnet.Conflict')],
    [
      'a denial that is not about passing a role',
      'CreateService',
      awsError('AccessDeniedException', 'ecs:CreateService'),
    ],
    [
      'another mistake in the same call',
      'CreateService',
      awsError('InvalidParameterException', 'No such port.'),
    ],
    [
      'a rule that is there already',
      'AuthorizeSecurityGroupIngress',
      awsError('InvalidPermission.Duplicate'),
    ],
    ['what is no error of AWS', 'CreateSubnet', new TypeError('InvalidVpcID.NotFound')],
  ])('%s', (_, command, error) => {
    expect(transientErrorFor(command, error)).toBeUndefined();
  });

  test('whatever the call: a quota, a denial, credentials that have expired', () => {
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

describe('a call is sent again', () => {
  const throttle = awsError('RequestLimitExceeded', 'slow down', 503);
  const failure = awsError('InternalError', 'oops', 500);

  test.each([
    ['a throttle', throttle, 10, undefined],
    ['a failure of AWS', failure, 4, true],
  ])('after %s, whatever the call, and so many times at most', (_, error, tries, ambiguous) => {
    for (const command of ['DescribeVpcs', 'CreateVpc']) {
      expect(transientErrorFor(command, error)).toMatchObject({ maxAttempts: tries });
      expect(transientErrorFor(command, error)?.ambiguous).toBe(ambiguous);
    }
  });

  test('after pauses that grow and are not the same for all', () => {
    const truth = transientErrorFor('DescribeVpcs', throttle);
    if (!truth) throw new Error('a throttle passes');
    expect([1, 2, 3, 7].map((sent) => retryDelayMs(truth, sent, 100, 1))).toEqual([500, 1000, 2000, 20_000]);
    expect(retryDelayMs(truth, 3, 100, 0.25)).toBe(500);
  });

  test('but not after 501: there is no such operation', () => {
    expect(transientErrorFor('DescribeVpcs', awsError('NotImplemented', 'no', 501))).toBeUndefined();
  });
});

test('every row says why it passes, and for how long it is believed', () => {
  for (const { why, seconds, commands = [] } of transientErrors) {
    expect(why).not.toBe('');
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(DAY);
    for (const command of commands) expect(command).not.toMatch(/Command$/);
  }
});
