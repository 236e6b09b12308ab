// Permissions for former secrets stay until a deployment is over; nothing else of a former policy does.
import { expect, test } from '@jest/globals';
import { withFormerSecrets } from '../../../../lib/derive/former-secrets.ts';
import { policyText } from '../../../../lib/derive/policies.ts';

const statement = (Sid: string, Action: string, ...Resource: string[]) => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});
const policy = (...Statement: object[]) => policyText({ Version: '2012-10-17', Statement });
const logs = statement('Logs', 'logs:PutLogEvents', 'arn:logs');
const desired = policy(logs, statement('Parameters', 'ssm:GetParameters', 'arn:new'));

test('statements that read other secrets are added under another name', () => {
  const former = statement('Parameters', 'ssm:GetParameters', 'arn:old');
  const key = { ...statement('Alias1', 'kms:Decrypt', 'arn:key'), Condition: { StringEquals: { a: 'b' } } };
  const current = policy(statement('Admin', 'iam:PassRole', '*'), former, key);
  expect(JSON.parse(withFormerSecrets(desired, current))).toEqual({
    Version: '2012-10-17',
    Statement: [
      ...(JSON.parse(desired) as { Statement: object[] }).Statement,
      { ...former, Sid: 'Former1' },
      { ...key, Sid: 'Former2' },
    ],
  });
});

test.each<[string, string | undefined]>([
  ['the same policy', desired],
  ['no policy', undefined],
  ['a policy that is not JSON', 'text'],
  ['a policy without statements', '{}'],
  ['a denial', policy({ ...statement('No', 'ssm:GetParameters', 'arn:old'), Effect: 'Deny' })],
])('%s adds nothing', (_, current) => {
  expect(withFormerSecrets(desired, current)).toBe(desired);
});
