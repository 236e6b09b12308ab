// The sandbox's ECS clusters, and the service-linked role that ECS requires.
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  ListClustersCommand,
  PutClusterCapacityProvidersCommand,
  RunTaskCommand,
  UpdateClusterCommand,
  UpdateClusterSettingsCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../sandbox/world/clock.ts';
import { refusalOf, sandbox } from '../../harness.ts';
import { account, balancedAccount, calls } from './scene.ts';

const NO_ROLE = {
  code: 'InvalidParameterException',
  message: 'Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
};

test('the first use of ECS in an account fails and creates the service-linked role in the background', async () => {
  const clock = manualClock();
  const { ecs, iam } = await sandbox({ pace: 1, clock });
  const create = () => ecs.send(new CreateClusterCommand({ clusterName: 'one' }));
  expect(await refusalOf(create())).toEqual(NO_ROLE);
  expect(await refusalOf(create())).toEqual(NO_ROLE);
  clock.advance(10_000);
  expect((await create()).cluster).toMatchObject({ clusterName: 'one', status: 'ACTIVE' });
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'AWSServiceRoleForECS' }));
  expect(Role?.Arn).toBe(
    'arn:aws:iam::000000000000:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS',
  );
});

test('a cluster is ACTIVE immediately and shows its settings and tags only on request', async () => {
  const { ecs } = await account();
  const { cluster } = await ecs.send(
    new CreateClusterCommand({
      clusterName: 'one',
      tags: [{ key: 'team', value: 'blue' }],
      settings: [{ name: 'containerInsights', value: 'enabled' }],
      configuration: { executeCommandConfiguration: { logging: 'DEFAULT' } },
    }),
  );
  expect(cluster).toMatchObject({
    clusterArn: 'arn:aws:ecs:eu-west-1:000000000000:cluster/one',
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    tags: [{ key: 'team', value: 'blue' }],
  });
  const describe = (include?: ('TAGS' | 'SETTINGS' | 'CONFIGURATIONS' | 'STATISTICS')[]) =>
    ecs.send(new DescribeClustersCommand({ clusters: ['one'], include }));
  expect((await describe()).clusters).toMatchObject([{ tags: [], settings: [], statistics: [] }]);
  const all = await describe(['TAGS', 'SETTINGS', 'CONFIGURATIONS', 'STATISTICS']);
  expect(all.clusters).toMatchObject([
    {
      tags: [{ key: 'team', value: 'blue' }],
      settings: [{ name: 'containerInsights', value: 'enabled' }],
      configuration: { executeCommandConfiguration: { logging: 'DEFAULT' } },
      statistics: expect.arrayContaining([{ name: 'runningFargateTasksCount', value: '0' }]),
    },
  ]);
});

test('creating a cluster under the name of an ACTIVE one returns the existing cluster unchanged', async () => {
  const { ecs } = await account();
  const tags = [{ key: 'owner', value: 'first' }];
  await ecs.send(new CreateClusterCommand({ clusterName: 'one', tags }));
  const { cluster } = await ecs.send(
    new CreateClusterCommand({ clusterName: 'one', tags: [{ key: 'owner', value: 'second' }] }),
  );
  expect(cluster?.tags).toEqual(tags);
});

test('a call without a cluster name refers to the cluster named default', async () => {
  const { ecs } = await account();
  await ecs.send(new CreateClusterCommand({}));
  const { clusters } = await ecs.send(new DescribeClustersCommand({}));
  expect(clusters).toMatchObject([{ clusterName: 'default' }]);
});

test('DescribeClusters lists an unknown cluster as a failure instead of failing', async () => {
  const { ecs } = await account();
  const { clusters, failures } = await ecs.send(new DescribeClustersCommand({ clusters: ['main', 'x'] }));
  expect(clusters).toHaveLength(1);
  expect(failures).toEqual([{ arn: 'arn:aws:ecs:eu-west-1:000000000000:cluster/x', reason: 'MISSING' }]);
});

test('a deleted cluster can be described as INACTIVE, is not listed, and can be created again', async () => {
  const { ecs } = await account();
  const { cluster } = await ecs.send(new DeleteClusterCommand({ cluster: 'main' }));
  expect(cluster?.status).toBe('INACTIVE');
  const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ['main'] }));
  expect(clusters).toMatchObject([{ status: 'INACTIVE' }]);
  expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
  expect(await refusalOf(ecs.send(new DeleteClusterCommand({ cluster: 'main' })))).toEqual({
    code: 'ClusterNotFoundException',
    message: 'Cluster not found.',
  });
  const update = new UpdateServiceCommand({ cluster: 'main', service: 'web' });
  expect(await refusalOf(ecs.send(update))).toEqual({
    code: 'ClusterNotFoundException',
    message: 'The referenced cluster was inactive.',
  });
  await ecs.send(new CreateClusterCommand({ clusterName: 'main' }));
  expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toHaveLength(1);
});

test('a cluster cannot be deleted while it has tasks that are not STOPPED', async () => {
  const clock = manualClock();
  const { ecs, taskInput } = await balancedAccount({ clock, pace: 1 });
  await ecs.send(new RunTaskCommand(taskInput));
  const refusal = await refusalOf(ecs.send(new DeleteClusterCommand({ cluster: 'main' })));
  expect(refusal.code).toBe('ClusterContainsTasksException');
});

test('a described cluster includes the counts of its tasks and services', async () => {
  const scene = await balancedAccount();
  const { create, service } = calls(scene.ecs);
  await create(scene.serviceInput());
  // At the instant pace, the service is completed after two describe calls.
  await service();
  await service();
  const { clusters } = await scene.ecs.send(
    new DescribeClustersCommand({ clusters: ['main'], include: ['STATISTICS'] }),
  );
  expect(clusters).toMatchObject([
    {
      runningTasksCount: 2,
      pendingTasksCount: 0,
      activeServicesCount: 1,
      statistics: expect.arrayContaining([{ name: 'activeFargateServiceCount', value: '1' }]),
    },
  ]);
});

test('the settings, configuration and capacity providers of a cluster can be changed', async () => {
  const { ecs } = await account();
  const settings = [{ name: 'containerInsights' as const, value: 'enhanced' }];
  await ecs.send(new UpdateClusterSettingsCommand({ cluster: 'main', settings }));
  await ecs.send(
    new UpdateClusterCommand({
      cluster: 'main',
      configuration: { executeCommandConfiguration: { logging: 'NONE' } },
    }),
  );
  const { cluster } = await ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: 'main',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    }),
  );
  expect(cluster).toMatchObject({
    settings,
    configuration: { executeCommandConfiguration: { logging: 'NONE' } },
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }],
  });
});

test("a service without a launch type uses the cluster's default capacity provider strategy", async () => {
  const scene = await balancedAccount();
  await scene.ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: 'main',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [
        { capacityProvider: 'FARGATE', base: 1, weight: 1 },
        { capacityProvider: 'FARGATE_SPOT', weight: 3 },
      ],
    }),
  );
  const { create, service, tasks } = calls(scene.ecs);
  await create(scene.serviceInput({ launchType: undefined, desiredCount: 4 }));
  await service();
  const providers = (await tasks()).map(({ capacityProviderName }) => capacityProviderName).sort();
  expect(providers).toEqual(['FARGATE', 'FARGATE_SPOT', 'FARGATE_SPOT', 'FARGATE_SPOT']);
});

test.each([
  ['a name with a space', { clusterName: 'a b' }],
  ['a name that is too long', { clusterName: 'x'.repeat(256) }],
  ['an unknown setting', { settings: [{ name: 'containerInsights' as const, value: 'perhaps' }] }],
  ['an unknown capacity provider', { capacityProviders: ['MINE'] }],
  ['a reserved tag', { tags: [{ key: 'aws:x', value: '1' }] }],
  [
    'a default strategy with a provider that the cluster does not have',
    { defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] },
  ],
  [
    'a strategy without weights',
    {
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [
        { capacityProvider: 'FARGATE' },
        { capacityProvider: 'FARGATE_SPOT' },
      ],
    },
  ],
  [
    'a strategy with two bases',
    {
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [
        { capacityProvider: 'FARGATE', base: 1, weight: 1 },
        { capacityProvider: 'FARGATE_SPOT', base: 1, weight: 1 },
      ],
    },
  ],
])('CreateCluster refuses %s', async (_what, input) => {
  const { ecs } = await account();
  const refusal = await refusalOf(ecs.send(new CreateClusterCommand({ clusterName: 'one', ...input })));
  expect(refusal.code).toBe('InvalidParameterException');
});

test('service calls that name an unknown cluster are refused', async () => {
  const { ecs } = await account();
  const describe = new DescribeServicesCommand({ cluster: 'x', services: ['web'] });
  const create = new CreateServiceCommand({ cluster: 'x', serviceName: 'web' });
  for (const call of [ecs.send(describe), ecs.send(create)]) {
    expect((await refusalOf(call)).code).toBe('ClusterNotFoundException');
  }
});
