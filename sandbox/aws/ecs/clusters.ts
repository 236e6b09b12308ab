/** Clusters: a repeated create returns the existing cluster, and a deleted one can still be described, as INACTIVE. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { ClusterField, ClusterSetting } from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { checkStrategy, PROVIDERS } from './capacity.ts';
import { shownCluster } from './cluster-view.ts';
import { clusterNotFound, invalid } from './errors.ts';
import { activeClusterOf, checkName, clusterOf, page } from './lookups.ts';
import { requireLinkedRole } from './service-linked-role.ts';
import type { ClusterRow } from './store.ts';
import { mergeTags } from './tags.ts';

const ALL: ClusterField[] = ['SETTINGS', 'TAGS', 'CONFIGURATIONS'];
const INSIGHTS = ['enabled', 'disabled', 'enhanced'];

/** Returns the only setting, `containerInsights`, with its default value when no setting is given. */
function settingsOf(given: ClusterSetting[] | undefined): ClusterSetting[] {
  for (const { name, value = '' } of given ?? []) {
    if (name !== 'containerInsights' || !INSIGHTS.includes(value))
      throw invalid(`Invalid setting ${name}=${value}.`);
  }
  return given?.length ? given : [{ name: 'containerInsights', value: 'disabled' }];
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
    takes: [
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
      const known = region.ecs.clusters.get(clusterArn);
      if (known?.status === 'ACTIVE') return { cluster: shownCluster(region, known, ALL) };
      const capacityProviders = checkProviders(input.capacityProviders ?? []);
      const cluster = region.ecs.clusters.set(clusterArn, {
        clusterArn,
        clusterName,
        status: 'ACTIVE',
        settings: settingsOf(input.settings),
        configuration: input.configuration,
        capacityProviders,
        defaultCapacityProviderStrategy: checkStrategy(
          input.defaultCapacityProviderStrategy ?? [],
          capacityProviders,
        ),
        tags: mergeTags([], input.tags),
      });
      return { cluster: shownCluster(region, cluster, ALL) };
    },
  },

  /** Describes clusters; unknown ones are listed as failures. */
  DescribeClusters: {
    takes: ['clusters', 'include'],
    run(input, region) {
      const found: ClusterRow[] = [];
      const failures: ECS.Failure[] = [];
      for (const reference of input.clusters?.length ? input.clusters : ['default']) {
        const arn = reference.startsWith('arn:') ? reference : region.arn('ecs', `cluster/${reference}`);
        const row = region.ecs.clusters.get(arn);
        if (row) found.push(row);
        else failures.push({ arn, reason: 'MISSING' });
      }
      return { clusters: found.map((row) => shownCluster(region, row, input.include)), failures };
    },
  },

  ListClusters: {
    takes: ['maxResults', 'nextToken'],
    run(input, region) {
      const active = region.ecs.clusters.filter(({ status }) => status === 'ACTIVE');
      const { rows, nextToken } = page(active, input.maxResults, input.nextToken);
      return { clusterArns: rows.map(({ clusterArn }) => clusterArn), nextToken };
    },
  },

  UpdateCluster: {
    takes: ['cluster', 'settings', 'configuration'],
    run(input, region) {
      const cluster = activeClusterOf(region, input.cluster);
      if (input.settings) cluster.settings = settingsOf(input.settings);
      if (input.configuration) cluster.configuration = input.configuration;
      return { cluster: shownCluster(region, cluster, ALL) };
    },
  },

  UpdateClusterSettings: {
    takes: ['cluster', 'settings'],
    run(input, region) {
      const cluster = activeClusterOf(region, input.cluster);
      cluster.settings = settingsOf(input.settings);
      return { cluster: shownCluster(region, cluster, ALL) };
    },
  },

  PutClusterCapacityProviders: {
    takes: ['cluster', 'capacityProviders', 'defaultCapacityProviderStrategy'],
    run(input, region) {
      const cluster = activeClusterOf(region, input.cluster);
      const providers = checkProviders(input.capacityProviders ?? []);
      const strategy = checkStrategy(input.defaultCapacityProviderStrategy ?? [], providers);
      cluster.capacityProviders = providers;
      cluster.defaultCapacityProviderStrategy = strategy;
      return { cluster: shownCluster(region, cluster, ALL) };
    },
  },

  /** Deletion is refused while the cluster has ACTIVE or DRAINING services, or tasks that are not STOPPED. */
  DeleteCluster: {
    takes: ['cluster'],
    run(input, region) {
      const cluster = clusterOf(region, input.cluster);
      if (cluster.status !== 'ACTIVE') throw clusterNotFound();
      refuseIfInUse(region, cluster);
      cluster.status = 'INACTIVE';
      return { cluster: shownCluster(region, cluster, ALL) };
    },
  },
} satisfies Operations<typeof ECS>;

function refuseIfInUse({ ecs }: Region, { clusterArn }: ClusterRow): void {
  const isHere = (row: { clusterArn: string }) => row.clusterArn === clusterArn;
  if (ecs.services.find((service) => isHere(service) && service.status !== 'INACTIVE')) {
    throw refusal(
      'ClusterContainsServicesException',
      'The Cluster cannot be deleted while Services are active.',
    );
  }
  if (ecs.tasks.find((task) => isHere(task) && task.lastStatus !== 'STOPPED')) {
    throw refusal('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
  }
}
