// Web ACLs and IP sets: names, ARNs, lock tokens, capacity, lists, tags and refusals.
import {
  DeleteIPSetCommand,
  DeleteWebACLCommand,
  GetIPSetCommand,
  GetWebACLCommand,
  ListIPSetsCommand,
  ListTagsForResourceCommand,
  ListWebACLsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateIPSetCommand,
  UpdateWebACLCommand,
  type Statement,
} from '@aws-sdk/client-wafv2';
import { expect, test } from '@jest/globals';
import { census } from '../../../../sandbox/census.ts';
import { refusalOf } from '../../harness.ts';
import { pathStartsWith, rule, VisibilityConfig, wafScene } from './scene.ts';

const idOf = (arn: string) => arn.split('/').at(-1) ?? '';
const REGIONAL = { Name: 'edge', Scope: 'REGIONAL' } as const;

test('a web ACL has a regional ARN, is found by name and by ARN, and is listed', async () => {
  const { makeWebAcl, wafv2, getWebAcl } = await wafScene();
  const arn = await makeWebAcl({ Rules: [rule('admin', 1, pathStartsWith('/admin'))] });
  expect(arn).toMatch(/^arn:aws:wafv2:eu-west-1:000000000000:regional\/webacl\/edge\/[\da-f-]{36}$/);
  const byName = await wafv2.send(new GetWebACLCommand({ ...REGIONAL, Id: idOf(arn) }));
  expect(byName.WebACL).toMatchObject({ ARN: arn, Capacity: 2, DefaultAction: { Allow: {} } });
  const [found] = (await getWebAcl(arn)).WebACL?.Rules ?? [];
  expect(Buffer.from(found?.Statement?.ByteMatchStatement?.SearchString ?? []).toString()).toBe('/admin');
  const { WebACLs } = await wafv2.send(new ListWebACLsCommand({ Scope: 'REGIONAL' }));
  expect(WebACLs).toMatchObject([{ Name: 'edge', ARN: arn, LockToken: byName.LockToken }]);
});

test('lists have pages', async () => {
  const { makeWebAcl, wafv2 } = await wafScene();
  for (const Name of ['a', 'b', 'c']) await makeWebAcl({ Name });
  const first = await wafv2.send(new ListWebACLsCommand({ Scope: 'REGIONAL', Limit: 2 }));
  const { NextMarker } = first;
  const second = await wafv2.send(new ListWebACLsCommand({ Scope: 'REGIONAL', Limit: 2, NextMarker }));
  expect([first, second].map(({ WebACLs }) => WebACLs?.map(({ Name }) => Name))).toEqual([['a', 'b'], ['c']]);
  expect(second.NextMarker).toBeUndefined();
});

test('an update and a deletion need the current lock token', async () => {
  const { makeWebAcl, wafv2, getWebAcl, world } = await wafScene();
  const arn = await makeWebAcl();
  const { LockToken } = await getWebAcl(arn);
  const named = { ...REGIONAL, Id: idOf(arn) };
  const update = new UpdateWebACLCommand({
    ...named,
    DefaultAction: { Block: {} },
    VisibilityConfig,
    LockToken,
  });
  const { NextLockToken } = await wafv2.send(update);
  expect((await getWebAcl(arn)).WebACL?.DefaultAction).toEqual({ Block: {} });
  expect((await refusalOf(wafv2.send(update))).code).toBe('WAFOptimisticLockException');
  const remove = (token: string | undefined) =>
    wafv2.send(new DeleteWebACLCommand({ ...named, LockToken: token }));
  expect((await refusalOf(remove(LockToken))).code).toBe('WAFOptimisticLockException');
  await remove(NextLockToken);
  expect((await refusalOf(getWebAcl(arn))).code).toBe('WAFNonexistentItemException');
  expect(census(world)).not.toHaveProperty('wafv2.webAcls');
});

test('a name is taken only once', async () => {
  const { createWebAcl } = await wafScene();
  await createWebAcl();
  expect((await refusalOf(createWebAcl())).code).toBe('WAFDuplicateItemException');
});

const match = (fields: object): Statement => ({
  ByteMatchStatement: {
    ...pathStartsWith('/').ByteMatchStatement,
    ...fields,
  } as Statement['ByteMatchStatement'],
});

test.each<[string, Statement, string]>([
  [
    'an unknown IP set',
    { IPSetReferenceStatement: { ARN: 'arn:aws:wafv2:eu-west-1:000000000000:regional/ipset/none/1' } },
    'WAFNonexistentItemException',
  ],
  ['no statement', {}, 'WAFInvalidParameterException'],
  [
    'two statements',
    { ...pathStartsWith('/'), GeoMatchStatement: { CountryCodes: ['DE'] } },
    'WAFInvalidParameterException',
  ],
  ['a country', { GeoMatchStatement: { CountryCodes: ['DE'] } }, 'NotImplemented'],
  [
    'a managed rule group',
    { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' } },
    'NotImplemented',
  ],
  ['the body', match({ FieldToMatch: { Body: {} } }), 'NotImplemented'],
  [
    'another transformation',
    match({ TextTransformations: [{ Priority: 0, Type: 'HTML_ENTITY_DECODE' }] }),
    'NotImplemented',
  ],
  [
    'a malformed regular expression',
    {
      RegexMatchStatement: {
        RegexString: '(',
        FieldToMatch: { UriPath: {} },
        TextTransformations: [{ Priority: 0, Type: 'NONE' }],
      },
    },
    'WAFInvalidParameterException',
  ],
  [
    'a rate per header',
    { RateBasedStatement: { Limit: 100, AggregateKeyType: 'CUSTOM_KEYS' } },
    'NotImplemented',
  ],
])('a rule about %s is refused', async (_what, statement, code) => {
  const { createWebAcl } = await wafScene();
  expect((await refusalOf(createWebAcl({ Rules: [rule('one', 1, statement)] }))).code).toBe(code);
});

test('rules with the same priority, other actions and other scopes are refused', async () => {
  const { createWebAcl } = await wafScene();
  const one = rule('one', 1, pathStartsWith('/a'));
  const codeOf = async (overrides: Parameters<typeof createWebAcl>[0]) =>
    (await refusalOf(createWebAcl(overrides))).code;
  expect(await codeOf({ Rules: [one, { ...one, Name: 'two' }] })).toBe('WAFInvalidParameterException');
  expect(await codeOf({ Rules: [{ ...one, Action: { Captcha: {} } }] })).toBe('NotImplemented');
  expect(await codeOf({ DefaultAction: { Block: { CustomResponse: { ResponseCode: 418 } } } })).toBe(
    'NotImplemented',
  );
  expect(await codeOf({ DefaultAction: {} })).toBe('WAFInvalidParameterException');
  expect(await codeOf({ Scope: 'CLOUDFRONT' })).toBe('NotImplemented');
});

test('an IP set changes in place, and is not deleted while a rule refers to it', async () => {
  const { makeIpSet, makeWebAcl, wafv2, getWebAcl } = await wafScene();
  const arn = await makeIpSet('office', '203.0.113.0/24', '203.0.113.0/24');
  const named = { Name: 'office', Scope: 'REGIONAL', Id: idOf(arn) } as const;
  const { IPSet, LockToken } = await wafv2.send(new GetIPSetCommand(named));
  expect(IPSet?.Addresses).toEqual(['203.0.113.0/24']);
  const change = (Addresses: string[], token = LockToken) =>
    wafv2.send(new UpdateIPSetCommand({ ...named, Addresses, LockToken: token }));
  for (const block of ['203.0.113.0', '0.0.0.0/0', '2001:db8::/32'])
    expect((await refusalOf(change([block]))).code).toBe('WAFInvalidParameterException');
  const { NextLockToken } = await change(['198.51.100.7/32']);
  const webAcl = await makeWebAcl({
    Rules: [rule('office', 1, { NotStatement: { Statement: { IPSetReferenceStatement: { ARN: arn } } } })],
  });
  const remove = () => wafv2.send(new DeleteIPSetCommand({ ...named, LockToken: NextLockToken }));
  expect((await refusalOf(remove())).code).toBe('WAFAssociatedItemException');
  const { LockToken: token } = await getWebAcl(webAcl);
  await wafv2.send(new DeleteWebACLCommand({ ...REGIONAL, Id: idOf(webAcl), LockToken: token }));
  await remove();
  expect((await wafv2.send(new ListIPSetsCommand({ Scope: 'REGIONAL' }))).IPSets).toEqual([]);
});

test('tags are set at creation, added and removed', async () => {
  const { makeWebAcl, wafv2 } = await wafScene();
  const ResourceARN = await makeWebAcl({ Tags: [{ Key: 'a', Value: '1' }] });
  await wafv2.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'b', Value: '2' }] }));
  await wafv2.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['a'] }));
  const { TagInfoForResource } = await wafv2.send(new ListTagsForResourceCommand({ ResourceARN }));
  expect(TagInfoForResource?.TagList).toEqual([{ Key: 'b', Value: '2' }]);
  const reserved = new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'aws:x', Value: '' }] });
  expect((await refusalOf(wafv2.send(reserved))).code).toBe('WAFInvalidParameterException');
});
