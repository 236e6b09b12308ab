// The identity of the caller, as the sandbox reports it.
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, test } from '@jest/globals';
import { sandbox } from '../../harness.ts';

test("the caller is a user of the sandbox's account", async () => {
  const { sts, region } = await sandbox();
  const { Account, Arn, UserId } = await sts.send(new GetCallerIdentityCommand({}));
  expect(Account).toBe(region.account);
  expect(Arn).toBe(`arn:aws:iam::${region.account}:user/sandbox`);
  expect(UserId).toMatch(/^AIDA[A-Z0-9]{17}$/);
});
