// The look for the stack's cluster.
import { DescribeClustersCommand } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { lookCluster } from '../../../../lib/look/cluster.ts';
import { toCamelCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, lookContextOf, sentCalls } from '../../step-harness.ts';

const look = async () => (await lookCluster(lookContextOf())).get('');

test('the look reads our cluster', async () => {
  mocks.ecs.on(DescribeClustersCommand).resolves({
    clusters: [
      {
        clusterArn: 'arn:cluster',
        status: 'ACTIVE',
        registeredContainerInstancesCount: 2,
        settings: [{ name: 'containerInsights', value: 'enhanced' }],
        tags: toCamelCaseTags(ourTags('cluster')),
      },
    ],
  });
  expect(await look()).toEqual({
    clusterArn: 'arn:cluster',
    status: 'ACTIVE',
    containerInstanceCount: 2,
    insights: 'enhanced',
    tags: ourTags('cluster'),
  });
  expect(sentCalls()).toEqual([
    { command: 'DescribeClusters', input: { clusters: ['shop-dev'], include: ['TAGS', 'SETTINGS'] } },
  ]);
});

test.each(['PROVISIONING', 'FAILED'])('the look returns a cluster with the status %s', async (status) => {
  mocks.ecs.on(DescribeClustersCommand).resolves({ clusters: [{ status }] });
  expect((await look())?.status).toBe(status);
});

test.each(['INACTIVE', 'DEPROVISIONING'])(
  'the look counts a cluster with the status %s as absent',
  async (status) => {
    mocks.ecs.on(DescribeClustersCommand).resolves({ clusters: [{ clusterArn: 'arn:cluster', status }] });
    expect(await look()).toBeUndefined();
  },
);

test('the look finds nothing, without an error, when AWS reports the cluster as missing', async () => {
  mocks.ecs.on(DescribeClustersCommand).resolves({ clusters: [], failures: [{ reason: 'MISSING' }] });
  expect(await look()).toBeUndefined();
});

test('the look fails when AWS returns an error', async () => {
  mocks.ecs.on(DescribeClustersCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
  await expect(look()).rejects.toMatchObject({ message: 'not allowed' });
});
