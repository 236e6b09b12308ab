// The step for the cluster: the calls that it makes in each case.
import {
  CreateClusterCommand,
  DescribeClustersCommand,
  TagResourceCommand,
  UpdateClusterSettingsCommand,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { toCamelCaseTags } from '../../../../lib/derive/tags.ts';
import { cluster } from '../../../../provision/steps/cluster.ts';
import { awsError, config, mocks, ourTags, provisionStep, sentCalls } from '../../step-harness.ts';

const ARN = 'arn:aws:ecs:eu-west-1:111122223333:cluster/shop-dev';
const foundCluster = {
  clusterArn: ARN,
  status: 'ACTIVE',
  containerInstanceCount: 0,
  insights: 'disabled',
  tags: ourTags('cluster'),
};
const scenarioWithTags = (tags: Record<string, string>) => ({
  noun: 'cluster' as const,
  found: { cluster: { '': { ...foundCluster, tags } } },
});
const tags = toCamelCaseTags(ourTags('cluster'));
const createCall = {
  command: 'CreateCluster',
  input: { clusterName: 'shop-dev', tags },
};
const describeCall = {
  command: 'DescribeClusters',
  input: { clusters: ['shop-dev'], include: ['TAGS', 'SETTINGS'] },
};
const createResponse = { cluster: { clusterArn: ARN, status: 'ACTIVE', tags } };
const describeResponse = (status: string) => ({ clusters: [{ clusterArn: ARN, status, tags }] });

test('creates when missing', async () => {
  mocks.ecs.on(CreateClusterCommand).resolves(createResponse);
  const { shortChanges, ids } = await provisionStep(cluster, { noun: 'cluster' });
  expect(shortChanges).toEqual([['create', '']]);
  expect(ids).toEqual({ '': { clusterArn: ARN } });
  expect(sentCalls()).toEqual([createCall]);
});

test('creates when missing, and waits until it is active', async () => {
  mocks.ecs
    .on(CreateClusterCommand)
    .resolves({ cluster: { ...createResponse.cluster, status: 'PROVISIONING' } });
  mocks.ecs
    .on(DescribeClustersCommand)
    .resolvesOnce({ clusters: [], failures: [{ reason: 'MISSING' }] })
    .resolvesOnce(describeResponse('PROVISIONING'))
    .resolves(describeResponse('ACTIVE'));
  await provisionStep(cluster, { noun: 'cluster' });
  expect(sentCalls()).toEqual([createCall, describeCall, describeCall, describeCall]);
});

test('creates when missing: retries while ECS does not see the service-linked role yet', async () => {
  mocks.ecs
    .on(CreateClusterCommand)
    .rejectsOnce(
      awsError(
        'InvalidParameterException',
        'Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
      ),
    )
    .resolves(createResponse);
  const { ids } = await provisionStep(cluster, { noun: 'cluster' });
  expect(ids).toEqual({ '': { clusterArn: ARN } });
  expect(sentCalls()).toEqual([createCall, createCall]);
});

test('creates when missing: Container Insights is on from the start', async () => {
  mocks.ecs.on(CreateClusterCommand).resolves(createResponse);
  await provisionStep(cluster, { noun: 'cluster', config: config({ insights: true }) });
  const settings = [{ name: 'containerInsights', value: 'enabled' }];
  expect(sentCalls()).toEqual([{ ...createCall, input: { ...createCall.input, settings } }]);
});

test.each([
  ['enhanced' as const, [['update', '', 'container insights']]],
  [false, []],
  [undefined, []],
])('repairs drift: with insights %s, a cluster without Container Insights', async (insights, expected) => {
  mocks.ecs.on(UpdateClusterSettingsCommand).resolves({});
  const scenario = { ...scenarioWithTags(foundCluster.tags), config: config({ insights }) };
  const { shortChanges } = await provisionStep(cluster, scenario);
  expect(shortChanges).toEqual(expected);
  const settings = [{ name: 'containerInsights', value: 'enhanced' }];
  expect(sentCalls()).toEqual(
    expected.map(() => ({ command: 'UpdateClusterSettings', input: { cluster: ARN, settings } })),
  );
});

test('adopts when present', async () => {
  const { shortChanges } = await provisionStep(cluster, scenarioWithTags(foundCluster.tags));
  expect(shortChanges).toEqual([]);
  expect(sentCalls()).toEqual([]);
});

test('repairs drift', async () => {
  mocks.ecs.on(TagResourceCommand).resolves({});
  const { shortChanges, ids } = await provisionStep(
    cluster,
    scenarioWithTags({ ...foundCluster.tags, Name: 'other' }),
  );
  expect(shortChanges).toEqual([['update', '', 'tag.Name']]);
  expect(ids).toEqual({ '': { clusterArn: ARN } });
  expect(sentCalls()).toEqual([
    { command: 'TagResource', input: { resourceArn: ARN, tags: toCamelCaseTags(ourTags('cluster')) } },
  ]);
});

test('throws the error when AWS refuses a call', async () => {
  mocks.ecs.on(CreateClusterCommand).rejects(awsError('LimitExceededException', 'too many clusters'));
  await expect(provisionStep(cluster, { noun: 'cluster' })).rejects.toMatchObject({
    message: 'too many clusters',
  });
  expect(sentCalls()).toEqual([createCall]);
});

test('explains a failure: a cluster that ECS could not set up is reported with the reason', async () => {
  mocks.ecs
    .on(CreateClusterCommand)
    .resolves({ cluster: { ...createResponse.cluster, status: 'PROVISIONING' } });
  mocks.ecs.on(DescribeClustersCommand).resolves(describeResponse('FAILED'));
  await expect(provisionStep(cluster, { noun: 'cluster' })).rejects.toMatchObject({
    code: 'FAILED_STATE',
    why: 'ECS could not set the cluster up',
  });
});

test('explains refusal: a foreign resource is refused, and nothing is sent', async () => {
  const { changes } = await provisionStep(cluster, scenarioWithTags({}));
  expect(changes).toMatchObject([
    { verb: 'refused', reason: expect.stringContaining('someone else created it') },
  ]);
  expect(sentCalls()).toEqual([]);
});

const foreignCluster = { clusterArn: ARN, status: 'ACTIVE', tags: [{ key: 'team', value: 'one' }] };
const nameTakenProblem = {
  code: 'FOREIGN',
  what: 'A resource that does not belong to this stack already uses the name shop-dev.',
};

test('explains refusal: a foreign cluster that the create returns is refused', async () => {
  mocks.ecs.on(CreateClusterCommand).resolves({ cluster: foreignCluster });
  await expect(provisionStep(cluster, { noun: 'cluster' })).rejects.toMatchObject({
    ...nameTakenProblem,
    why: expect.stringContaining('tagged team=one'),
  });
  expect(sentCalls()).toEqual([createCall]);
});

test.each([
  ['foreign tags', foreignCluster],
  ['no tags either', { ...foreignCluster, tags: [] }],
])(
  'explains refusal: a cluster that the create returns without tags is refused if a look shows %s',
  async (_, shownCluster) => {
    mocks.ecs.on(CreateClusterCommand).resolves({ cluster: { ...foreignCluster, tags: [] } });
    mocks.ecs.on(DescribeClustersCommand).resolves({ clusters: [shownCluster] });
    await expect(provisionStep(cluster, { noun: 'cluster' })).rejects.toMatchObject(nameTakenProblem);
  },
);

test('creates when missing: a cluster that the create returns without tags is ours if a look shows our tags', async () => {
  mocks.ecs.on(CreateClusterCommand).resolves({ cluster: { clusterArn: ARN, status: 'ACTIVE' } });
  mocks.ecs
    .on(DescribeClustersCommand)
    .resolvesOnce({ clusters: [], failures: [{ reason: 'MISSING' }] })
    .resolves(describeResponse('ACTIVE'));
  const { ids } = await provisionStep(cluster, { noun: 'cluster' });
  expect(ids).toEqual({ '': { clusterArn: ARN } });
  expect(sentCalls()).toEqual([createCall, describeCall, describeCall]);
});
