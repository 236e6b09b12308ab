// A web ACL that cannot be used is explained before anything is changed.
import { GetWebACLCommand } from '@aws-sdk/client-wafv2';
import { expect, test } from '@jest/globals';
import { lookWebAcl } from '../../../lib/look/web-acl.ts';
import { checkWebAcl } from '../../../provision/web-acl.ts';
import { awsError, config, lookContextOf, mocks, sentCalls } from '../step-harness.ts';

const arn = 'arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/edge/1a2b3c4d';
const stack = config({ waf: arn });
const check = (exists: boolean, account = '111122223333') =>
  checkWebAcl({ config: stack, account }, { webAcl: { arn, exists } });

test('a web ACL that exists in the account is accepted', () => {
  expect(() => check(true)).not.toThrow();
});

test('a web ACL that does not exist is explained', () => {
  expect(() => check(false)).toThrow(
    expect.objectContaining({
      code: 'WEB_ACL',
      what: 'The web ACL in waf cannot be used.',
      why: `WAF has no web ACL ${arn}.`,
      now: 'Nothing was changed.',
    }),
  );
});

test('a web ACL in another account is explained', () => {
  expect(() => check(true, '999988887777')).toThrow(
    expect.objectContaining({
      code: 'WEB_ACL',
      why: `The web ACL ${arn} is in the account 111122223333, and the stack is in 999988887777.`,
    }),
  );
});

test('the look asks for the web ACL by its name and its id', async () => {
  mocks.wafv2.on(GetWebACLCommand).resolvesOnce({ WebACL: { ARN: arn } as never });
  const context = { ...lookContextOf(), config: stack };
  expect(await lookWebAcl(context)).toEqual({ arn, exists: true });
  expect(sentCalls()).toEqual([
    { command: 'GetWebACL', input: { Name: 'edge', Id: '1a2b3c4d', Scope: 'REGIONAL' } },
  ]);
  mocks.wafv2.on(GetWebACLCommand).rejects(awsError('WAFNonexistentItemException'));
  expect(await lookWebAcl(context)).toEqual({ arn, exists: false });
});

test('without waf, the look asks nothing', async () => {
  expect(await lookWebAcl(lookContextOf())).toBeUndefined();
  expect(sentCalls()).toEqual([]);
});
