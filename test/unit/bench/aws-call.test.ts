// Identifying the AWS call of an HTTP request, in each protocol that AWS services use.
import { expect, test } from '@jest/globals';
import { awsCallOf } from '../../../bench/aws-call.ts';

const signed = (service: string, more: Record<string, string> = {}) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  ...more,
});

test.each([
  ['a form', 'ec2', { body: 'Action=DescribeVpcs&Version=2016-11-15' }, 'DescribeVpcs', false],
  ['a form that asks for a mutating operation', 'iam', { body: 'Action=CreateRole' }, 'CreateRole', true],
  ['a header', 'ecs', { target: 'AmazonEC2ContainerServiceV20141113.UpdateService' }, 'UpdateService', true],
  [
    'the last segment of a path',
    'logs',
    { url: '/service/Logs/operation/GetLogEvents' },
    'GetLogEvents',
    false,
  ],
  [
    'a method and a path',
    'route53',
    { method: 'GET', url: '/2013-04-01/hostedzone?maxitems=1' },
    'ListHostedZones',
    false,
  ],
  [
    'a path with a trailing slash',
    'route53',
    { url: '/2013-04-01/hostedzone/Z1/rrset/' },
    'ChangeResourceRecordSets',
    true,
  ],
  ['an unknown path', 'route53', { method: 'GET', url: '/2013-04-01/x' }, 'GET /2013-04-01/x', false],
  ['an unknown path with a mutating method', 's3', { method: 'PUT', url: '/bucket' }, 'PUT /bucket', true],
])(
  'the operation of a request is identified from %s',
  (
    _,
    service,
    {
      body = '',
      url = '/',
      method = 'POST',
      target = '',
    }: Partial<{ body: string; url: string; method: string; target: string }>,
    operation,
    mutating,
  ) => {
    const headers = signed(service, target ? { 'x-amz-target': target } : {});
    expect(awsCallOf({ method, url, headers, body })).toEqual({ service, operation, mutating });
  },
);

test('an unsigned request has no service', () => {
  expect(awsCallOf({ method: 'GET', url: '/', headers: {}, body: '' })).toMatchObject({
    service: 'unsigned',
  });
});
