/** Clusters: a repeated create returns the existing cluster. A deleted cluster can still be described, and is INACTIVE. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { ClusterField, ClusterSetting } from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { settingOfCaller } from './account-settings.ts';
import { checkStrategy, PROVIDERS } from './capacity.ts';
import { clusterView } from './cluster-view.ts';
import { clusterNotFound, invalid } from './errors.ts';
import { activeClusterOf, checkName, clusterOf, page } from './lookups.ts';
import { requireLinkedRole } from './service-linked-role.ts';
import type { ClusterRow } from './store.ts';
import { mergeTags } from './tags.ts';

const ALL_FIELDS: ClusterField[] = ['SETTINGS', 'TAGS', 'CONFIGURATIONS'];
const INSIGHTS = ['enabled', 'disabled', 'enhanced'];

/** Returns the settings of a call, or those of the account. The only setting is `containerInsights`. */
function settingsOf(region: Region, given: ClusterSetting[] | undefined): ClusterSetting[] {
  for (const { name, value = '' } of given ?? []) {
    if (name !== 'containerInsights' || !INSIGHTS.includes(value))
      throw invalid(`Invalid setting ${name}=${value}.`);
  }
  if (given?.length) return given;
  return [{ name: 'containerInsights', value: settingOfCaller(region, 'containerInsights') }];
}

function checkProviders(providers: string[]): string[] {
  const unknown = providers.find((provider) => !PROVIDERS.includes(provider));
  if (unknown === undefined) return providers;
  throw invalid('The specified capacity provider was not found. Specify a valid name or ARN and try again.');
}

export const clusterOperations = {
  /**
   * Creates a cluster. An ACTIVE cluster of the same name is returned unchanged, regardless of the other parameters.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
   */
  CreateCluster: {
    inputMembers: [
      'clusterName',
      'tags',
      'settings',
      'configuration',
      'capacityProviders',
      'defaultCapacityProviderStrategy',
    ],
    run(input, region) {
      requireLinkedRole(region);
      const clusterName = input.clusterName ?? 'default';
      checkName('Cluster', clusterName);
      const clusterArn = region.arn('ecs', `cluster/${clusterName}`);
      const existing = region.ecs.clusters.get(clusterArn);
      if (existing?.status === 'ACTIVE') return { cluster: clusterView(region, existing, ALL_FIELDS) };
      const capacityProviders = checkProviders(input.capacityProviders ?? []);
      const cluster = region.ecs.clusters.set(clusterArn, {
        clusterArn,
        clusterName,
        status: 'ACTIVE',
        settings: settingsOf(region, input.settings),
        configuration: input.configuration,
        capacityProviders,
        defaultCapacityProviderStrategy: checkStrategy(
          input.defaultCapacityProviderStrategy ?? [],
          capacityProviders,
        ),
        tags: mergeTags([], input.tags),
      });
      return { cluster: clusterView(region, cluster, ALL_FIELDS) };
    },
  },

  /** Describes clusters. Unknown clusters are listed as failures. */
  DescribeClusters: {
    inputMembers: ['clusters', 'include'],
    run(input, region) {
      const found: ClusterRow[] = [];
      const failures: ECS.Failure[] = [];
      for (const reference of input.clusters?.length ? input.clusters : ['default']) {
        const arn = reference.startsWith('arn:') ? reference : region.arn('ecs', `cluster/${reference}`);
        const row = region.ecs.clusters.get(arn);
        if (row) found.push(row);
        else failures.push({ arn, reason: 'MISSING' });
      }
      return { clusters: found.map((row) => clusterView(region, row, input.include)), failures };
    },
  },

  ListClusters: {
    inputMembers: ['maxResults', 'nextToken'],
    run(input, region) {
      const active = region.ecs.clusters.filter(({ status }) => status === 'ACTIVE');
      const { rows, nextToken } = page(active, input.maxResults, input.nextToken);
      return { clusterArns: rows.map(({ clusterArn }) => clusterArn), nextToken };
    },
  },

  UpdateCluster: {
    inputMembers: ['cluster', 'settings', 'configuration'],
    run(input, region) {
      const cluster = activeClusterOf(region, input.cluster);
      if (input.settings) cluster.settings = settingsOf(region, input.settings);
      if (input.configuration) cluster.configuration = input.configuration;
      return { cluster: clusterView(region, cluster, ALL_FIELDS) };
    },
  },

  UpdateClusterSettings: {
    inputMembers: ['cluster', 'settings'],
    run(input, region) {
      const cluster = activeClusterOf(region, input.cluster);
      cluster.settings = settingsOf(region, input.settings);
      return { cluster: clusterView(region, cluster, ALL_FIELDS) };
    },
  },

  PutClusterCapacityProviders: {
    inputMembers: ['cluster', 'capacityProviders', 'defaultCapacityProviderStrategy'],
    run(input, region) {
      const cluster = activeClusterOf(region, input.cluster);
      const providers = checkProviders(input.capacityProviders ?? []);
      const strategy = checkStrategy(input.defaultCapacityProviderStrategy ?? [], providers);
      cluster.capacityProviders = providers;
      cluster.defaultCapacityProviderStrategy = strategy;
      return { cluster: clusterView(region, cluster, ALL_FIELDS) };
    },
  },

  /** Refused while the cluster has ACTIVE or DRAINING services, or tasks that are not STOPPED. */
  DeleteCluster: {
    inputMembers: ['cluster'],
    run(input, region) {
      const cluster = clusterOf(region, input.cluster);
      if (cluster.status !== 'ACTIVE') throw clusterNotFound();
      refuseIfInUse(region, cluster);
      cluster.status = 'INACTIVE';
      return { cluster: clusterView(region, cluster, ALL_FIELDS) };
    },
  },
} satisfies Operations<typeof ECS>;

function refuseIfInUse({ ecs }: Region, { clusterArn }: ClusterRow): void {
  const isInCluster = (row: { clusterArn: string }) => row.clusterArn === clusterArn;
  if (ecs.services.find((service) => isInCluster(service) && service.status !== 'INACTIVE')) {
    throw refusal(
      'ClusterContainsServicesException',
      'The Cluster cannot be deleted while Services are active.',
    );
  }
  if (ecs.tasks.find((task) => isInCluster(task) && task.lastStatus !== 'STOPPED')) {
    throw refusal('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
  }
}
