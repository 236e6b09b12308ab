// The name of a caller: of a user, of a role's session, or root; as a tag, it has only characters that a tag may have.
import { expect, test } from '@jest/globals';
import { callerName, callerTag } from '../../../../lib/derive/caller-name.ts';

test.each<[string, string | undefined]>([
  ['arn:aws:iam::123456789012:user/alice', 'alice'],
  ['arn:aws:iam::123456789012:user/shop/developers/bob', 'bob'],
  ['arn:aws:sts::123456789012:assumed-role/deploy/carol@example.com', 'carol@example.com'],
  ['arn:aws-cn:sts::123456789012:federated-user/dora', 'dora'],
  ['arn:aws:iam::123456789012:root', 'root'],
  ['', undefined],
  ['arn:aws:ecs:eu-west-1:123456789012:service/web', undefined],
])('%s', (arn, name) => {
  expect(callerName(arn)).toBe(name);
});

test('a tag replaces the characters that its value may not have', () => {
  expect(callerTag({ caller: 'arn:aws:sts::1:assumed-role/ci/build,42' })).toEqual({
    'slipway:by': 'build_42',
  });
  expect(callerTag({ caller: undefined })).toEqual({});
});
