// Behaviour that all services share: request ids, API versions, dry runs, and the refusal of services that the sandbox lacks.
import { describe, expect, test } from '@jest/globals';
import { CreateVpcCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { sandbox } from '../harness.ts';

const authorizationFor = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/${service}/aws4_request`;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Sends a signed request to a new sandbox. */
async function call(service: string, init: RequestInit = {}, path = '/') {
  const { url } = await sandbox();
  const headers = { authorization: authorizationFor(service), ...(init.headers as Record<string, string>) };
  const response = await fetch(`${url}${path}`, { method: 'POST', ...init, headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
const form = (body: string): RequestInit => ({
  body,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
});

describe('every response has the id of its request', () => {
  test.each<[string, string, RequestInit, string]>([
    ['EC2', 'ec2', form('Action=DescribeVpcs&Version=2016-11-15'), '/'],
    ['EC2, for a refusal', 'ec2', form('Action=Nothing&Version=2016-11-15'), '/'],
    ['IAM', 'iam', form('Action=ListRoles&Version=2010-05-08'), '/'],
    ['ECS', 'ecs', { body: '{}', headers: { 'x-amz-target': 'X.ListClusters' } }, '/'],
    ['Route 53', 'route53', { method: 'GET' }, '/2013-04-01/hostedzone'],
    ['a service that the sandbox lacks', 'lambda', { method: 'GET' }, '/2015-03-31/functions'],
  ])('%s', async (_what, service, init, path) => {
    expect((await call(service, init, path)).headers.get('x-amzn-requestid')).toMatch(UUID);
  });

  test('EC2, which repeats the id in the body', async () => {
    const { headers, text } = await call('ec2', form('Action=DescribeVpcs&Version=2016-11-15'));
    expect(text).toContain(`<requestId>${headers.get('x-amzn-requestid')}</requestId>`);
  });
});

describe('an unknown or missing API version is refused', () => {
  test.each([
    [
      'ec2',
      'DescribeVpcs',
      '&Version=2010-01-01',
      'NoSuchVersion',
      'version (2010-01-01) of service AmazonEC2',
    ],
    ['ec2', 'DescribeVpcs', '', 'MissingParameter', 'the parameter Version'],
    ['iam', 'ListRoles', '&Version=2016-11-15', 'InvalidAction', 'ListRoles for version 2016-11-15'],
    ['sts', 'GetCallerIdentity', '', 'InvalidAction', 'for version NO_VERSION_SPECIFIED'],
  ])('by %s: %s%s', async (service, action, version, code, message) => {
    const { status, text } = await call(service, form(`Action=${action}${version}`));
    expect(status).toBe(400);
    expect(text).toContain(`<Code>${code}</Code>`);
    expect(text).toContain(message);
  });
});

describe('a service that the sandbox lacks is refused with 501 and its name, in the protocol of the caller', () => {
  const message = 'The sandbox does not support the service %s. It supports: ec2, ';

  test.each<[string, string, RequestInit, RegExp]>([
    [
      'JSON',
      'dynamodb',
      { body: '{}', headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' } },
      /^\{"__type":"NotImplemented"/,
    ],
    ['REST with JSON', 'lambda', { method: 'GET' }, /^\{"__type":"NotImplemented"/],
    [
      'the query protocol',
      'sns',
      form('Action=ListTopics&Version=2010-03-31'),
      /<ErrorResponse><Error>.*<Code>NotImplemented<\/Code>/,
    ],
    ['REST with XML', 'cloudfront', { method: 'GET' }, /^<\?xml [^]*<Error><Code>NotImplemented<\/Code>/],
  ])('%s', async (_what, service, init, body) => {
    const { status, text } = await call(service, init);
    expect(status).toBe(501);
    expect(text).toMatch(body);
    expect(text).toContain(message.replace('%s', service));
  });
});

test('a dry run has no effect, and members with the value false are accepted', async () => {
  const { url } = await sandbox();
  const ec2 = new EC2Client({
    endpoint: url,
    region: 'eu-west-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  await expect(
    ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', DryRun: true })),
  ).rejects.toMatchObject({
    name: 'DryRunOperation',
    message: 'Request would have succeeded, but DryRun flag is set.',
    $metadata: { httpStatusCode: 412 },
  });
  expect((await ec2.send(new DescribeVpcsCommand({ DryRun: false }))).Vpcs).toEqual([]);
  await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: false }));
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
  ec2.destroy();
});
