/** Removes the cluster, after its last service and task. */
import { DeleteClusterCommand } from '@aws-sdk/client-ecs';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const cluster: Removal<'cluster'> = {
  /** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html */
  remove: ({ aws, existing }) =>
    ignoringNotFound(() => aws.ecs(new DeleteClusterCommand({ cluster: existing.clusterArn }))),
};
