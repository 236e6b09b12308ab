// The sandbox has one account per partition of AWS, each with its own ARNs, domains, policies, roles and hosted zones.
import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateRepositoryCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-ecr';
import {
  AttachRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  ListRolesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateHostedZoneCommand, ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { census } from '../../../sandbox/census.ts';
import { World } from '../../../sandbox/world/world.ts';
import { refusalOf, sandbox } from '../harness.ts';
import { makeRole, trustPolicy } from '../aws/iam/making.ts';

/** Returns clients of one region, which use a new sandbox unless one is given. */
async function clientsIn(region: string, started: Promise<{ readonly url: string }> = sandbox()) {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const settings = { endpoint: (await started).url, region, credentials, maxAttempts: 1 };
  return {
    ec2: new EC2Client(settings),
    ecr: new ECRClient(settings),
    iam: new IAMClient(settings),
    route53: new Route53Client(settings),
    sts: new STSClient(settings),
  };
}

const policyFor = (Resource: string | string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'logs:PutLogEvents', Resource }],
  });
const putPolicy = (iam: IAMClient, Resource: string | string[]) =>
  iam.send(
    new PutRolePolicyCommand({ RoleName: 'task', PolicyName: 'logs', PolicyDocument: policyFor(Resource) }),
  );

describe.each([
  ['cn-northwest-1', 'aws-cn', 'amazonaws.com.cn'],
  ['us-gov-east-1', 'aws-us-gov', 'amazonaws.com'],
  ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu'],
  ['us-isob-east-1', 'aws-iso-b', 'sc2s.sgov.gov'],
])('in %s', (region, partition, dnsSuffix) => {
  test(`ARNs are of the partition ${partition}`, async () => {
    const { iam, sts } = await clientsIn(region);
    const { Role } = await makeRole(iam);
    expect(Role?.Arn).toBe(`arn:${partition}:iam::000000000000:role/task`);
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: `arn:${partition}:iam::000000000000:user/sandbox`,
    });
  });

  test(`hosts are in ${dnsSuffix}`, async () => {
    const { ec2, ecr } = await clientsIn(region);
    const { repository } = await ecr.send(new CreateRepositoryCommand({ repositoryName: 'shop' }));
    const registry = `000000000000.dkr.ecr.${region}.${dnsSuffix}`;
    expect(repository).toMatchObject({
      repositoryArn: `arn:${partition}:ecr:${region}:000000000000:repository/shop`,
      repositoryUri: `${registry}/shop`,
    });
    const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
    expect(authorizationData?.[0]?.proxyEndpoint).toMatch(
      new RegExp(`^http://000000000000\\.dkr\\.ecr\\.${region}\\.amazonaws\\.localhost:\\d+$`),
    );
    const { Regions } = await ec2.send(new DescribeRegionsCommand({}));
    expect(Regions).toContainEqual(expect.objectContaining({ Endpoint: `ec2.${region}.${dnsSuffix}` }));
    expect(Regions?.map(({ RegionName }) => RegionName)).not.toContain('eu-west-1');
  });

  test('policies of another partition are refused', async () => {
    const { iam } = await clientsIn(region);
    await makeRole(iam);
    const arn = 'arn:aws:logs:*:*:*';
    expect(await refusalOf(putPolicy(iam, ['*', arn]))).toEqual({
      code: 'MalformedPolicyDocument',
      message: `Partition "aws" is not valid for resource "${arn}".`,
    });
    await putPolicy(iam, [`arn:${partition}:logs:*:*:*`, 'arn:*:logs:*:*:*']);

    const attach = (PolicyArn: string) =>
      iam.send(new AttachRolePolicyCommand({ RoleName: 'task', PolicyArn }));
    expect(await refusalOf(attach('arn:aws:iam::aws:policy/ReadOnlyAccess'))).toEqual({
      code: 'ValidationError',
      message: 'Invalid ARN partition',
    });
    await attach(`arn:${partition}:iam::aws:policy/ReadOnlyAccess`);
  });

  test('principals of another partition are refused', async () => {
    const { iam } = await clientsIn(region);
    const makeTrustingRole = (AWS: string) =>
      makeRole(iam, 'other', { AssumeRolePolicyDocument: trustPolicy({ Principal: { AWS } }) });
    expect(await refusalOf(makeTrustingRole('arn:aws:iam::111122223333:root'))).toMatchObject({
      code: 'MalformedPolicyDocument',
      message: expect.stringContaining('Invalid principal in policy'),
    });
    await makeTrustingRole(`arn:${partition}:iam::111122223333:root`);
  });
});

test('the partition aws refuses ARNs of other partitions and of partitions that do not exist', async () => {
  const { iam, ecr } = await sandbox();
  await makeRole(iam);
  for (const partition of ['aws-cn', 'aws2', '${AWS::Partition}', '']) {
    expect(await refusalOf(putPolicy(iam, `arn:${partition}:s3:::logs`))).toMatchObject({
      code: 'MalformedPolicyDocument',
    });
  }
  await ecr.send(new CreateRepositoryCommand({ repositoryName: 'shop' }));
  const listTags = (resourceArn: string) => ecr.send(new ListTagsForResourceCommand({ resourceArn }));
  expect(await refusalOf(listTags('arn:aws-cn:ecr:eu-west-1:000000000000:repository/shop'))).toMatchObject({
    code: 'InvalidParameterException',
  });
});

test('an account does not see the roles and hosted zones of another partition', async () => {
  const started = sandbox();
  const china = await clientsIn('cn-north-1', started);
  const { iam, route53, world } = await started;
  await makeRole(iam);
  await makeRole(china.iam);
  await makeRole(china.iam, 'second');
  const zone = { Name: 'example.com', CallerReference: 'one' };
  await route53.send(new CreateHostedZoneCommand(zone));
  await china.route53.send(new CreateHostedZoneCommand(zone));

  expect((await iam.send(new ListRolesCommand({}))).Roles).toHaveLength(1);
  expect(await refusalOf(iam.send(new GetRoleCommand({ RoleName: 'second' })))).toMatchObject({
    code: 'NoSuchEntity',
  });
  expect((await china.route53.send(new ListHostedZonesCommand({}))).HostedZones).toHaveLength(1);
  expect(census(world)).toMatchObject({ 'iam.roles': 3, 'route53.zones': 2 });

  const restored = new World();
  restored.restore(world.snapshot());
  expect(restored.region('cn-north-1').iam.roles.size).toBe(2);
  expect(restored.region('eu-west-1').iam.roles.size).toBe(1);
  world.reset();
  expect(census(world)).toEqual({});
});
