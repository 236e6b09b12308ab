// The policies of the two roles, and the ARNs in them.
import { describe, expect, test } from '@jest/globals';
import { logGroupArn, repositoryArnOf, roleArn } from '../../../../lib/derive/arns.ts';
import { namesOf } from '../../../../lib/derive/names.ts';
import { executionPolicy, policyText, trustPolicy } from '../../../../lib/derive/policies.ts';
import { config } from '../../step-harness.ts';

const location = { region: 'eu-west-1', account: '111122223333' };
const LOGS = {
  Sid: 'Logs',
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: 'arn:aws:logs:eu-west-1:111122223333:log-group:/slipway/shop-dev:*',
};

test('only ECS tasks of this account may assume the roles', () => {
  expect(trustPolicy(location)).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'EcsTasks',
        Effect: 'Allow',
        Principal: { Service: 'ecs-tasks.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:eu-west-1:111122223333:*' },
          StringEquals: { 'aws:SourceAccount': '111122223333' },
        },
      },
    ],
  });
});

describe('the execution policy', () => {
  const configWithImages = (...references: string[]) => {
    const [service] = config().services;
    if (!service) throw new Error('no service');
    const containers = references.flatMap((reference) =>
      service.containers.slice(0, 1).map((container) => ({ ...container, image: { reference } })),
    );
    return config({ services: [{ ...service, containers }] });
  };
  const policyOf = (stack = config()) => executionPolicy(stack, namesOf(stack), location);

  test("allows signing in to ECR, pulling the stack's images, and writing its logs", () => {
    expect(policyOf().Statement).toEqual([
      { Sid: 'SignIn', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      {
        Sid: 'Pull',
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Resource: [
          'arn:aws:ecr:eu-west-1:111122223333:repository/shop-dev/web-api1',
          'arn:aws:ecr:eu-west-1:111122223333:repository/shop-dev/web-api2',
        ],
      },
      LOGS,
    ]);
  });

  test('allows pulling the ECR images to which the configuration refers', () => {
    const stack = configWithImages(
      '444455556666.dkr.ecr.us-east-1.amazonaws.com/team/app:1.2',
      '444455556666.dkr.ecr.us-east-1.amazonaws.com/team/app@sha256:0123',
      'docker.io/library/nginx:1.29',
    );
    expect(policyOf(stack).Statement.find(({ Sid }) => Sid === 'Pull')?.Resource).toEqual([
      'arn:aws:ecr:us-east-1:444455556666:repository/team/app',
    ]);
  });

  test('allows only writing logs if no image is in ECR', () => {
    expect(policyOf(configWithImages('public.ecr.aws/nginx/nginx:1.29')).Statement).toEqual([LOGS]);
  });
});

test('the text of a policy does not depend on the order of keys', () => {
  const one = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['b', 'a'] }] };
  const other = { Statement: [{ Action: ['b', 'a'], Effect: 'Allow' }], Version: '2012-10-17' };
  expect(policyText(one)).toBe(policyText(other));
  expect(policyText(one)).toBe(
    '{"Statement":[{"Action":["b","a"],"Effect":"Allow"}],"Version":"2012-10-17"}',
  );
  expect(policyText({ Action: ['a', 'b'] })).not.toBe(policyText({ Action: ['b', 'a'] }));
});

describe('ARNs', () => {
  test.each([
    ['eu-west-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['us-isob-east-1', 'aws-iso-b'],
  ])('of %s are in the partition %s', (region, partition) => {
    const account = '111122223333';
    expect(roleArn({ region, account }, '/slipway/shop-dev/', 'shop-dev-task')).toBe(
      `arn:${partition}:iam::111122223333:role/slipway/shop-dev/shop-dev-task`,
    );
    expect(logGroupArn({ region, account }, '/a')).toBe(
      `arn:${partition}:logs:${region}:111122223333:log-group:/a`,
    );
  });

  test.each([
    [
      '111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/a/b:1',
      'arn:aws-cn:ecr:cn-north-1:111122223333:repository/a/b',
    ],
    ['111122223333.dkr.ecr.eu-west-1.amazonaws.com/a', 'arn:aws:ecr:eu-west-1:111122223333:repository/a'],
    ['nginx', undefined],
    ['example.com/111122223333.dkr.ecr.eu-west-1.amazonaws.com/a', undefined],
  ])('the repository ARN of the image %s is %s', (reference, arn) => {
    expect(repositoryArnOf(reference)).toBe(arn);
  });
});
