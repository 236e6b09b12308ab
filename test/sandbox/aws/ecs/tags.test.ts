// Tag operations on the sandbox's ECS resources.
import {
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { refusalOf } from '../../harness.ts';
import { balancedAccount, calls } from './scene.ts';

const ARN = 'arn:aws:ecs:eu-west-1:000000000000';

test('clusters, services, task definitions and tasks can be tagged, retagged and untagged', async () => {
  const scene = await balancedAccount();
  const { ecs } = scene;
  const { create, service, tasks } = calls(ecs);
  await create(scene.serviceInput({ desiredCount: 1 }));
  await service();
  const [task] = await tasks();
  const arns = [
    `${ARN}:cluster/main`,
    `${ARN}:service/main/web`,
    `${ARN}:task-definition/web:1`,
    task?.taskArn,
  ];
  for (const resourceArn of arns) {
    const tag = (value: string) =>
      ecs.send(
        new TagResourceCommand({
          resourceArn,
          tags: [
            { key: 'a', value },
            { key: 'b', value },
          ],
        }),
      );
    await tag('1');
    await tag('2');
    await ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a', 'never'] }));
    const { tags } = await ecs.send(new ListTagsForResourceCommand({ resourceArn }));
    expect(tags).toEqual([{ key: 'b', value: '2' }]);
  }
  const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ['main'], include: ['TAGS'] }));
  expect(clusters?.[0]?.tags).toEqual([{ key: 'b', value: '2' }]);
  const definition = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: 'web', include: ['TAGS'] }),
  );
  expect(definition.tags).toEqual([{ key: 'b', value: '2' }]);
});

test.each([
  [`${ARN}:cluster/nobody`, 'ClusterNotFoundException'],
  [`${ARN}:service/main/nobody`, 'InvalidParameterException'],
  [`${ARN}:task-definition/nobody:1`, 'InvalidParameterException'],
  [`${ARN}:task/main/nobody`, 'InvalidParameterException'],
  ['web', 'InvalidParameterException'],
])('ListTagsForResource refuses %s', async (resourceArn, code) => {
  const { ecs } = await balancedAccount();
  const refusal = await refusalOf(ecs.send(new ListTagsForResourceCommand({ resourceArn })));
  expect(refusal.code).toBe(code);
});

test.each([
  ['a reserved key', [{ key: 'aws:a', value: '1' }]],
  ['a long key', [{ key: 'x'.repeat(129), value: '1' }]],
  ['a long value', [{ key: 'a', value: 'x'.repeat(257) }]],
  ['more than fifty tags', Array.from({ length: 51 }, (_, index) => ({ key: `k${index}`, value: '1' }))],
])('TagResource refuses %s', async (_what, tags) => {
  const { ecs } = await balancedAccount();
  const refusal = await refusalOf(
    ecs.send(new TagResourceCommand({ resourceArn: `${ARN}:cluster/main`, tags })),
  );
  expect(refusal.code).toBe('InvalidParameterException');
});
