/** Finds the cluster of the stack by its name; an inactive one counts as absent. */
import { DescribeClustersCommand } from '@aws-sdk/client-ecs';
import type { Ids } from '../model/architecture.ts';
import { ONLY, type Items } from '../model/resources.ts';
import { readTags, type Tags } from '../derive/tags.ts';
import type { LookContext } from './context.ts';

export interface FoundCluster extends Readonly<Ids['cluster']> {
  readonly status: string;
  /** The number of registered EC2 instances. Slipway registers none. */
  readonly containerInstanceCount: number;
  /** The setting `containerInsights`: `enabled`, `enhanced` or `disabled`; undefined if it is not reported. */
  readonly insights: string | undefined;
  readonly tags: Tags;
}

/**
 * ECS reports a missing cluster as an entry of `failures`, not as an error. It lists a deleted cluster as `INACTIVE` for a while.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html
 */
export async function lookCluster({ aws, names }: LookContext): Promise<Items<FoundCluster>> {
  const { clusters = [] } = await aws.ecs(
    new DescribeClustersCommand({ clusters: [names.cluster], include: ['TAGS', 'SETTINGS'] }),
  );
  const cluster = clusters.find(({ status }) => status !== 'INACTIVE' && status !== 'DEPROVISIONING');
  if (!cluster) return new Map();
  const {
    clusterArn = '',
    status = '',
    registeredContainerInstancesCount = 0,
    settings = [],
    tags,
  } = cluster;
  return new Map([
    [
      ONLY,
      {
        clusterArn,
        status,
        containerInstanceCount: registeredContainerInstancesCount,
        insights: settings.find(({ name }) => name === 'containerInsights')?.value,
        tags: readTags(tags),
      },
    ],
  ]);
}
