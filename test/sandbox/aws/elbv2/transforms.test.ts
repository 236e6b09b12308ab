// The transforms of rules: what the API accepts, shows, replaces and refuses.
import {
  CreateRuleCommand,
  DescribeRulesCommand,
  ModifyRuleCommand,
  type RuleTransform,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { notFound, path, scene } from './scene.ts';

const url = (Regex: string, Replace = '/'): RuleTransform => ({
  Type: 'url-rewrite',
  UrlRewriteConfig: { Rewrites: [{ Regex, Replace }] },
});
const host = (Regex: string, Replace = 'a.com'): RuleTransform => ({
  Type: 'host-header-rewrite',
  HostHeaderRewriteConfig: { Rewrites: [{ Regex, Replace }] },
});

async function transformScene() {
  const { elbv2, makeListener, makeBalancer } = await scene();
  const ListenerArn = await makeListener(await makeBalancer());
  const create = async (Transforms?: RuleTransform[]) => {
    const { Rules } = await elbv2.send(
      new CreateRuleCommand({
        ListenerArn,
        Priority: 1,
        Conditions: [path('/a')],
        Actions: [notFound],
        Transforms,
      }),
    );
    return Rules?.[0]?.RuleArn;
  };
  const transformsOf = async (RuleArn: string | undefined) =>
    (await elbv2.send(new DescribeRulesCommand({ RuleArns: [RuleArn ?? ''] }))).Rules?.[0]?.Transforms;
  return { elbv2, create, transformsOf };
}

test('a rule has a rewrite of the URL and of the host, which a change replaces as a whole and a reset removes', async () => {
  const { elbv2, create, transformsOf } = await transformScene();
  const RuleArn = await create([url('^/a/(.*)$', '/$1'), host('^.*$')]);
  expect(await transformsOf(RuleArn)).toEqual([url('^/a/(.*)$', '/$1'), host('^.*$')]);
  await elbv2.send(new ModifyRuleCommand({ RuleArn, Actions: [notFound] }));
  expect(await transformsOf(RuleArn)).toHaveLength(2);
  await elbv2.send(new ModifyRuleCommand({ RuleArn, Transforms: [host('b')] }));
  expect(await transformsOf(RuleArn)).toEqual([host('b')]);
  await elbv2.send(new ModifyRuleCommand({ RuleArn, ResetTransforms: true }));
  expect(await transformsOf(RuleArn)).toBeUndefined();
});

test('transforms and their removal exclude each other', async () => {
  const { elbv2, create } = await transformScene();
  const RuleArn = await create();
  expect(
    await refusalOf(
      elbv2.send(new ModifyRuleCommand({ RuleArn, Transforms: [url('a')], ResetTransforms: true })),
    ),
  ).toEqual({
    code: 'ValidationError',
    message: "You cannot provide both 'Transforms' and 'ResetTransforms'",
  });
});

test.each<[what: string, transforms: RuleTransform[]]>([
  ['two transforms of one type', [url('a'), url('b')]],
  ['an unknown type', [{ ...url('a'), Type: 'path-rewrite' as 'url-rewrite' }]],
  [
    'the configuration of the other type',
    [{ Type: 'url-rewrite', HostHeaderRewriteConfig: host('a').HostHeaderRewriteConfig }],
  ],
  ['no configuration', [{ Type: 'url-rewrite' }]],
  ['an empty expression', [url('')]],
  ['a long expression', [url('a'.repeat(1025))]],
  ['a long replacement', [url('a', 'a'.repeat(1025))]],
  ['a lookahead', [url('(?=a)')]],
  ['a reference to a group', [url('(a)\\1')]],
  ['an unbalanced expression', [url('(')]],
])('the API refuses %s', async (_what, transforms) => {
  const { create } = await transformScene();
  await expect(create(transforms)).rejects.toMatchObject({ name: expect.stringMatching(/^Validation/) });
});
