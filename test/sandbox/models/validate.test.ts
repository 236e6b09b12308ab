// Inputs that violate AWS's published models are refused in the words of each service; valid inputs pass.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { violationsOf } from '../../../sandbox/models/constraints.ts';
import { validate } from '../../../sandbox/models/validate.ts';
import { services } from '../../../sandbox/services.ts';

const refusalOf = (service: string, operation: string, input: object) => {
  try {
    validate(service, operation, input);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return [code, message];
  }
  return undefined;
};

test.each<[string, string, object, string, string]>([
  [
    'iam',
    'CreateRole',
    { RoleName: 'x'.repeat(65), AssumeRolePolicyDocument: '{}' },
    'ValidationError',
    `1 validation error detected: Value '${'x'.repeat(65)}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64`,
  ],
  [
    'iam',
    'CreateRole',
    { AssumeRolePolicyDocument: '', RoleName: 'r' },
    'ValidationError',
    "1 validation error detected: Value '' at 'assumeRolePolicyDocument' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    'iam',
    'GetRole',
    {},
    'ValidationError',
    "1 validation error detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null",
  ],
  [
    'iam',
    'TagRole',
    { RoleName: 'r', Tags: [{ Key: 'a?', Value: '' }] },
    'ValidationError',
    "1 validation error detected: Value 'a?' at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+",
  ],
  [
    'logs',
    'CreateLogGroup',
    { logGroupName: 'a b', logGroupClass: 'CHEAP' },
    'InvalidParameterException',
    "2 validation errors detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+; Value 'CHEAP' at 'logGroupClass' failed to satisfy constraint: Member must satisfy enum value set: [STANDARD, INFREQUENT_ACCESS, DELIVERY]",
  ],
  [
    'ecr',
    'CreateRepository',
    { repositoryName: 'A' },
    'InvalidParameterException',
    "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'Member must have length greater than or equal to 2'",
  ],
  [
    'elasticloadbalancing',
    'AddTags',
    { ResourceArns: ['a'], Tags: [{ Key: 'k' }, { Key: '' }] },
    'ValidationError',
    "1 validation error detected: Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    'ec2',
    'CreateVpc',
    { CidrBlock: '10.0.0.0/16', InstanceTenancy: 'shared' },
    'InvalidParameterValue',
    'Value (shared) for parameter instanceTenancy is invalid.',
  ],
])('%s %s refuses %j', (service, operation, input, code, message) => {
  expect(refusalOf(service, operation, input)).toEqual([code, message]);
});

test.each<[string, string, object]>([
  ['iam', 'GetRole', { RoleName: 'a b' }],
  ['ecs', 'CreateService', {}],
  ['ec2', 'DescribeVpcAttribute', {}],
  ['route53', 'ListResourceRecordSets', { HostedZoneId: 'Z1', StartRecordType: 'B' }],
])(
  '%s %s leaves the refusal of %j to the code of the service, because its message differs',
  (service, operation, input) => {
    expect(violationsOf(service, operation, input)).not.toEqual([]);
    expect(refusalOf(service, operation, input)).toBeUndefined();
  },
);

describe('the table of constraints', () => {
  const supported = Object.entries(services).flatMap(([service, { operations, shapes }]) =>
    Object.keys(operations).map((operation) => [service, operation, shapes.get(operation)] as const),
  );

  test('refers only to members that the inputs of the SDK have', () => {
    for (const [service, operation, shape] of supported) {
      const members = new Set([...(shape?.input.structIterator() ?? [])].map(([name]) => name));
      const requiredPaths = violationsOf(service, operation, {}).map(({ path }) => path.toLowerCase());
      for (const path of requiredPaths)
        expect([...members].map((member) => member.toLowerCase())).toContain(path);
    }
  });

  test('is checked in a short time, however long a value is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('a', '/', 'a/', '-', '.'),
        fc.integer({ min: 0, max: 20_000 }),
        (part, count) => {
          const repositoryName = part.repeat(count);
          const violations = violationsOf('ecr', 'CreateRepository', { repositoryName });
          expect(violations.every(({ path }) => path === 'repositoryName')).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });
});
