// Permissions in the configuration: which roles and policies are valid, and which of them IAM would refuse.
import { describe, expect, test } from '@jest/globals';
import { mistakesOf, read, testRefusals, validStackWith } from './support.ts';

const service = 'services.shop';
const bucket = 'arn:aws:s3:::uploads/*';
const role = 'arn:aws:iam::123456789012:role/shop';

test('each field is part of the configuration', () => {
  expect(read(validStackWith({}))).toMatchObject({
    permissionsBoundary: 'arn:aws:iam::123456789012:policy/boundary',
    services: [
      {
        permissions: [{ actions: ['s3:GetObject'], resources: [bucket] }],
        managedPolicies: ['AmazonSQSReadOnlyAccess'],
        taskRole: undefined,
        executionRole: 'arn:aws:iam::123456789012:role/ops/start-tasks',
      },
    ],
  });
});

test.each([
  ['*', '*'],
  ['s3:*', 'arn:aws:s3:::*'],
  ['dynamodb:Get?tem', 'arn:aws:dynamodb:*:123456789012:table/orders/index/*'],
  ['execute-api:Invoke', 'arn:*:execute-api:eu-west-1:123456789012:abc/${aws:PrincipalTag/team}'],
])('the permission %s on %s is valid', (action, resource) => {
  const permissions = [{ actions: [action], resources: [resource] }];
  expect(mistakesOf(validStackWith({ [`${service}.permissions`]: permissions }))).toEqual([]);
});

/** Returns the mistakes of a stack whose only permission has this action, or this resource. */
const fixesOf = (permission: { actions?: unknown; resources?: unknown }) =>
  mistakesOf(
    validStackWith({
      [`${service}.permissions`]: [{ actions: ['s3:GetObject'], resources: [bucket], ...permission }],
    }),
  ).map(({ path, fix }) => [path.replace(`${service}.permissions[0].`, ''), fix]);

describe('a malformed permission has a fix:', () => {
  test.each([
    ['*:*', 'Use * for all actions of all services.'],
    ['S3.GetObject', 'Use a colon: s3:GetObject.'],
    ['GetObject', 'Use the service and the action, with a colon between them, e.g. s3:GetObject or s3:Get*.'],
    ['', 'Use the service and the action, with a colon between them, e.g. s3:GetObject or s3:Get*.'],
  ])('the action %p', (action, fix) => {
    expect(fixesOf({ actions: [action] })).toEqual([['actions[0]', fix]]);
  });

  test.each([
    ['s3://uploads/a', 'Use the ARN arn:aws:s3:::uploads/a.'],
    ['arn:aws:s3:::☃/*', 'Use ? in place of each character that is not in Latin-1: IAM accepts no others.'],
    ['uploads', 'Use an ARN, e.g. arn:aws:s3:::shop-uploads/*, or * for all resources.'],
    ['arn:aws:s3:uploads', 'Use an ARN, e.g. arn:aws:s3:::shop-uploads/*, or * for all resources.'],
    [
      'arn:aws-cn:s3:::uploads',
      'Use an ARN in the partition aws, which contains eu-west-1: arn:aws:s3:::uploads.',
    ],
  ])('the resource %p', (resource, fix) => {
    expect(fixesOf({ resources: [resource] })).toEqual([['resources[0]', fix]]);
  });

  test('no actions, and a string for resources', () => {
    expect(fixesOf({ actions: [], resources: bucket })).toEqual([
      ['actions', expect.stringMatching(/^Add an entry: the actions of AWS/)],
      ['resources', expect.stringMatching(/^Use a list of strings: the ARNs of what/)],
    ]);
  });
});

testRefusals(
  `${service}.permissions`,
  'Use a list of objects: what its programs may do in AWS, besides what managedPolicies allow; by default nothing.',
  { 'a single permission': {} },
  'an object',
);
const attachable = expect.stringMatching(/^Use (the ARN of a policy|another policy)/) as unknown as string;
describe('a managed policy', () => {
  test.each(['service-role/AWSLambdaRole', 'arn:aws:iam::aws:policy/AdministratorAccess'])('%s', (policy) => {
    expect(mistakesOf(validStackWith({ [`${service}.managedPolicies`]: [policy] }))).toEqual([]);
  });
  test.each(['arn:aws:iam::1:policy/x', 'a b', 'aws-service-role/AmazonECSServiceRolePolicy', role])(
    'is refused: %s',
    (policy) => {
      expect(mistakesOf(validStackWith({ [`${service}.managedPolicies`]: [policy] }))).toMatchObject([
        { path: `${service}.managedPolicies[0]`, fix: attachable },
      ]);
    },
  );
  test('is named once, and at most ten are attached', () => {
    const twice = ['A', 'arn:aws:iam::aws:policy/A'];
    const many = Array.from({ length: 11 }, (_, index) => `Policy${index}`);
    for (const [policies, value, fix] of [
      [twice, "'arn:aws:iam::aws:policy/A' twice", 'Name every policy once.'],
      [
        many,
        '11 policies',
        'Name at most 10: IAM attaches no more to a role. Use permissions for the others.',
      ],
    ] as const)
      expect(mistakesOf(validStackWith({ [`${service}.managedPolicies`]: policies }))).toEqual([
        { path: `${service}.managedPolicies`, value, fix },
      ]);
  });
});

testRefusals(
  `${service}.executionRole`,
  'Use the whole ARN of a role, e.g. arn:aws:iam::123456789012:role/shop-orders.',
  { 'a name': 'shop-orders', 'a pattern': 'arn:aws:iam::123456789012:role/shop orders' },
);
testRefusals(`${service}.executionRole`, 'Use the ARN of a role, which contains :role/.', {
  'a user': 'arn:aws:iam::123456789012:user/ann',
  'a session': 'arn:aws:sts::123456789012:assumed-role/shop/ann',
});
testRefusals(`${service}.executionRole`, 'Use another role: only a service of AWS can assume this one.', {
  'a service-linked role': 'arn:aws:iam::123456789012:role/aws-service-role/ecs/X',
});
testRefusals(
  'permissionsBoundary',
  'Use the ARN of a managed policy, e.g. arn:aws:iam::123456789012:policy/boundary.',
  { 'a name': 'boundary', 'a role': role },
);

test('an existing role gets no permissions', () => {
  expect(mistakesOf(validStackWith({ [`${service}.taskRole`]: role }))).toEqual([
    {
      path: `${service}.taskRole`,
      value: `'${role}'`,
      fix: 'Remove taskRole or permissions and managedPolicies: Slipway does not change an existing role.',
    },
  ]);
});

test('a policy that IAM would refuse for its size is reported with its size', () => {
  const resources = Array.from({ length: 400 }, (_, index) => `arn:aws:s3:::shop-uploads-${index}/*`);
  const mistakes = mistakesOf(
    validStackWith({ [`${service}.permissions`]: [{ actions: ['s3:GetObject'], resources }] }),
  );
  expect(mistakes).toMatchObject([
    {
      path: `${service}.permissions`,
      value: expect.stringMatching(/^a policy of 1\d{4} characters$/),
      fix: expect.stringMatching(/^Remove \d+ characters: IAM accepts at most 10240\. /),
    },
  ]);
});

test('the name of a role of a service is at most 64 characters long', () => {
  const name = 'a'.repeat(52);
  const services = {
    [name]: { permissions: [{ actions: ['*'], resources: ['*'] }], containers: { api: { image: 'nginx' } } },
  };
  expect(mistakesOf({ name: 'store', region: 'eu-west-1', services })).toMatchObject([
    { path: `services.${name}`, fix: expect.stringContaining('names a role in AWS') },
  ]);
});
