// Tags of the sandbox's load balancers, target groups, listeners and rules, through the SDK's client.
import {
  AddTagsCommand,
  DescribeTagsCommand,
  RemoveTagsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { scene } from './scene.ts';

async function tagScene() {
  const started = await scene();
  const { makeBalancer, elbv2, makeTargetGroup, makeListener, makeRule } = started;
  const LoadBalancerArn = await makeBalancer();
  const ListenerArn = await makeListener(LoadBalancerArn);
  const arns = [LoadBalancerArn, ListenerArn, await makeRule(ListenerArn), await makeTargetGroup()];
  const add = (ResourceArns: string[], tags: Record<string, string>) =>
    elbv2.send(
      new AddTagsCommand({
        ResourceArns,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
  const tags = async (ResourceArns: string[]) =>
    ((await elbv2.send(new DescribeTagsCommand({ ResourceArns }))).TagDescriptions ?? []).map(
      ({ ResourceArn, Tags = [] }) => [
        ResourceArn,
        Object.fromEntries(Tags.map(({ Key = '', Value }) => [Key, Value] as const)),
      ],
    );
  return { ...started, arns, add, tags };
}

test('one call can add, replace or remove tags on resources of all four kinds', async () => {
  const { add, arns, elbv2, tags } = await tagScene();
  await add(arns, { a: '1', b: '1' });
  await add(arns, { b: '2' });
  expect(await tags(arns)).toEqual(arns.map((arn) => [arn, { a: '1', b: '2' }]));
  await elbv2.send(new RemoveTagsCommand({ ResourceArns: arns, TagKeys: ['a', 'none'] }));
  expect(await tags(arns)).toEqual(arns.map((arn) => [arn, { b: '2' }]));
});

test('a resource has the tags of its create call', async () => {
  const { createTargetGroup, tags } = await tagScene();
  const { TargetGroups } = await createTargetGroup({ Name: 'tagged', Tags: [{ Key: 'a', Value: '1' }] });
  const arn = TargetGroups?.[0]?.TargetGroupArn ?? '';
  expect(await tags([arn])).toEqual([[arn, { a: '1' }]]);
});

test('a call that names an unknown resource is refused and changes no tags', async () => {
  const { add, arns, tags } = await tagScene();
  const codes = ['LoadBalancerNotFound', 'ListenerNotFound', 'RuleNotFound', 'TargetGroupNotFound'];
  for (const [index, code] of codes.entries()) {
    const unknownArn = `${arns[index]}0`;
    expect(await refusalOf(tags([...arns, unknownArn]))).toMatchObject({ code });
    expect(await refusalOf(add([...arns, unknownArn], { a: '1' }))).toMatchObject({ code });
  }
  expect(await tags(arns)).toEqual(arns.map((arn) => [arn, {}]));
});

test('a call must name between one and twenty resources', async () => {
  const { arns, tags } = await tagScene();
  const [arn = ''] = arns;
  expect(await tags(Array<string>(20).fill(arn))).toHaveLength(20);
  expect(await refusalOf(tags(Array<string>(21).fill(arn)))).toMatchObject({ code: 'ValidationError' });
  expect(await refusalOf(tags([]))).toMatchObject({ code: 'ValidationError' });
  expect(await refusalOf(tags(['arn:aws:s3:::bucket']))).toMatchObject({ code: 'ValidationError' });
});

test('invalid tags are refused', async () => {
  const { add, arns, createTargetGroup } = await tagScene();
  const [arn = ''] = arns;
  expect(await refusalOf(add([arn], { 'aws:a': '1' }))).toMatchObject({ code: 'ValidationError' });
  expect(await refusalOf(add([arn], { ['k'.repeat(129)]: '1' }))).toMatchObject({ code: 'ValidationError' });
  expect(await refusalOf(add([arn], { a: 'v'.repeat(257) }))).toMatchObject({ code: 'ValidationError' });
  const tooMany = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, '1']));
  expect(await refusalOf(add([arn], tooMany))).toMatchObject({ code: 'TooManyTags' });
  const twice = [
    { Key: 'a', Value: '1' },
    { Key: 'a', Value: '2' },
  ];
  expect(await refusalOf(createTargetGroup({ Name: 'twice', Tags: twice }))).toMatchObject({
    code: 'DuplicateTagKeys',
  });
});
