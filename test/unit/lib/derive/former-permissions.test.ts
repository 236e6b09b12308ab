// The permissions of the version before, which stay until a deployment is over.
import { expect, test } from '@jest/globals';
import { withFormerPermissions } from '../../../../lib/derive/former-permissions.ts';
import { MAX_POLICY_SIZE, policySize } from '../../../../lib/derive/task-permissions.ts';
import { policyText } from '../../../../lib/derive/policies.ts';

const statement = (bucket: string) => ({ Effect: 'Allow', Action: ['s3:*'], Resource: [bucket] });
const policyOf = (...buckets: string[]) =>
  policyText({ Version: '2012-10-17', Statement: buckets.map(statement) });

test.each<[string, string | undefined, string]>([
  ['no policy', undefined, policyOf('a')],
  ['the same policy', policyOf('a'), policyOf('a')],
  ['other statements', policyOf('b', 'a', 'c'), policyOf('a', 'b', 'c')],
  ['a single statement', JSON.stringify({ Statement: statement('b') }), policyOf('a', 'b')],
  ['something that is not JSON', '{', policyOf('a')],
  ['something that is not a policy', '{"Statement":["x",null]}', policyOf('a')],
])('a role with %s', (_what, current, expected) => {
  expect(withFormerPermissions(policyOf('a'), current)).toBe(expected);
});

test('former statements are left out if IAM would refuse the policy for its size', () => {
  const large = policyOf('x'.repeat(MAX_POLICY_SIZE - policySize(policyOf('')) - 10));
  expect(policySize(large)).toBeLessThanOrEqual(MAX_POLICY_SIZE);
  expect(withFormerPermissions(large, policyOf('b'))).toBe(large);
});
