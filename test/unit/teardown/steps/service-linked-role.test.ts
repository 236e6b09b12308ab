// The service-linked role is kept, since it belongs to the account.
import { expect, test } from '@jest/globals';
import { serviceLinkedRole } from '../../../../teardown/steps/service-linked-role.ts';
import { sentCalls, removeContextOf } from '../../step-harness.ts';

test('removes what is ours: the role belongs to the account, so it is kept and no call is made', async () => {
  const item = { roleName: 'AWSServiceRoleForECS', tags: {} };
  const kept = await serviceLinkedRole.remove(removeContextOf({ noun: 'serviceLinkedRole' }, item));
  expect(kept).toEqual({ kept: 'it is shared by everything in the account' });
  expect(sentCalls()).toEqual([]);
});
