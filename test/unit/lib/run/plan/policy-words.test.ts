// Policies in words.
import { describe, expect, test } from '@jest/globals';
import { namesOf } from '../../../../../lib/derive/names.ts';
import { executionPolicy, policyText, trustPolicy } from '../../../../../lib/derive/policies.ts';
import { mayText, permissionChanges, trustText } from '../../../../../lib/run/plan/policy-words.ts';
import { ACCOUNT, config } from '../../../step-harness.ts';

const location = { region: 'eu-west-1', account: ACCOUNT };
const stack = config();
const execution = `slipway ${policyText(executionPolicy(stack, namesOf(stack), location))}`;
const statement = (fields: object) =>
  `own ${JSON.stringify({ Statement: [{ Effect: 'Allow', ...fields }] })}`;

describe('what a role may do', () => {
  test('is said of the role that starts tasks, in the words of its user', () => {
    expect(mayText(execution)).toMatch(
      /^may sign in to ECR; pull images from shop-dev\/\S+ and shop-dev\/\S+; and write to the log \/slipway\/shop-dev$/,
    );
  });

  test('names secrets and keys', () => {
    const secret = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:db-??????';
    const read = statement({ Action: 'secretsmanager:GetSecretValue', Resource: [secret] });
    expect(mayText(read)).toBe('may read the secret db');
    const parameters = ['a', 'b'].map((name) => `arn:aws:ssm:eu-west-1:000000000000:parameter/shop/${name}`);
    expect(mayText(statement({ Action: 'ssm:GetParameters', Resource: parameters }))).toBe(
      'may read the secrets /shop/a and /shop/b',
    );
  });

  test('names other actions and their resources, denials and conditions', () => {
    const Resource = 'arn:aws:s3:::uploads/*';
    expect(mayText(statement({ Action: ['s3:GetObject', 's3:PutObject'], Resource }))).toBe(
      'may call s3:GetObject and s3:PutObject on uploads/*',
    );
    expect(mayText(statement({ Effect: 'Deny', Action: 's3:GetObject', Resource: '*', Condition: {} }))).toBe(
      'may not call s3:GetObject on everything, under conditions',
    );
    expect(mayText('')).toBe('may do nothing');
    expect(mayText(statement({ NotAction: 'iam:*', Resource: '*' }))).toBe(
      'may do all but what a statement lists',
    );
    expect(mayText('odd {')).toBe('may do what its policy says: {');
  });
});

describe('a change of policies', () => {
  const pull = (...names: string[]) =>
    statement({
      Action: 'ecr:BatchGetImage',
      Resource: names.map((name) => `arn:aws:ecr:eu-west-1:000000000000:repository/${name}`),
    });

  test('is said resource by resource', () => {
    expect(permissionChanges(pull('a', 'b'), pull('b', 'c'), 'plan')).toEqual([
      'may now pull images from c',
      'may no longer pull images from a',
    ]);
  });

  test('is said differently of drift', () => {
    expect(permissionChanges(pull('a'), pull('b'), 'drift')).toEqual([
      'should be allowed to pull images from b',
      'should not be allowed to pull images from a',
    ]);
  });

  test('that allows the same is mentioned', () => {
    expect(permissionChanges(pull('a'), pull('a').replace('own', 'slipway'), 'plan')).toEqual([
      'the details of its policies differ',
    ]);
  });
});

test('a trust policy names who may assume the role', () => {
  expect(trustText(policyText(trustPolicy(location)))).toBe('ecs-tasks.amazonaws.com');
  expect(trustText(JSON.stringify({ Statement: [{ Principal: '*' }] }))).toBe('everyone');
  expect(trustText(JSON.stringify({ Statement: [] }))).toBe('no one');
});
