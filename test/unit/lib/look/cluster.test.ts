// The look for the cluster of the stack.
import { DescribeClustersCommand } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { lookCluster } from '../../../../lib/look/cluster.ts';
import { toCamelCaseTags } from '../../../../lib/derive/tags.ts';
import { awsError, mocks, ourTags, lookContextOf, sent } from '../../step-harness.ts';

const look = async () => (await lookCluster(lookContextOf())).get('');

test('reads ours', async () => {
  mocks.ecs.on(DescribeClustersCommand).resolves({
    clusters: [{ clusterArn: 'arn:cluster', status: 'ACTIVE', tags: toCamelCaseTags(ourTags('cluster')) }],
  });
  expect(await look()).toEqual({ clusterArn: 'arn:cluster', status: 'ACTIVE', tags: ourTags('cluster') });
  expect(sent()).toEqual([
    { command: 'DescribeClusters', input: { clusters: ['shop-dev'], include: ['TAGS'] } },
  ]);
});

test.each(['PROVISIONING', 'FAILED'])('shows one that is %s', async (status) => {
  mocks.ecs.on(DescribeClustersCommand).resolves({ clusters: [{ status }] });
  expect((await look())?.status).toBe(status);
});

test.each(['INACTIVE', 'DEPROVISIONING'])('counts one that is %s as absent', async (status) => {
  mocks.ecs.on(DescribeClustersCommand).resolves({ clusters: [{ clusterArn: 'arn:cluster', status }] });
  expect(await look()).toBeUndefined();
});

test('finds nothing when AWS reports it as missing, which is not an error', async () => {
  mocks.ecs.on(DescribeClustersCommand).resolves({ clusters: [], failures: [{ reason: 'MISSING' }] });
  expect(await look()).toBeUndefined();
});

test('fails with an error', async () => {
  mocks.ecs.on(DescribeClustersCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
  await expect(look()).rejects.toMatchObject({ message: 'not allowed' });
});
