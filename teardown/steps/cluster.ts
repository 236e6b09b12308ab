/** Removes the cluster, after its last service and task. */
import { DeleteClusterCommand } from '@aws-sdk/client-ecs';
import type { Removal } from '../../lib/engine/step.ts';
import { instancesInCluster, strangersInCluster } from '../cluster-strangers.ts';
import { removeWhenUnused } from '../in-use.ts';

export const cluster: Removal<'cluster'> = {
  /** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html */
  remove: (context) =>
    removeWhenUnused(
      context,
      `The cluster ${context.names.cluster}`,
      async () => (await Promise.all([strangersInCluster(context), instancesInCluster(context)])).flat(),
      (options) =>
        context.aws.ecs(new DeleteClusterCommand({ cluster: context.existing.clusterArn }), options),
    ),
};
