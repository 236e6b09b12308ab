/** The cluster: where the services of the stack live. */
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { compare } from '../lib/change.ts';
import { foreignOwner } from '../lib/look/see.ts';
import { ONLY } from '../lib/resources.ts';
import { retagEcs } from '../lib/retag.ts';
import type { Step } from '../lib/step.ts';
import { lower, tagFields, wantedTags } from '../lib/tags.ts';
import { failed, pending, ready } from '../lib/until.ts';

export const cluster: Step<'cluster'> = {
  diff: (want, found) =>
    compare({
      step: 'cluster',
      wanted: new Map([[ONLY, wantedTags(want, 'cluster', ONLY)]]),
      found: found.cluster,
      fieldsOf: ({ tags }) => tagFields(tags),
      foreign: ({ tags }) => foreignOwner(tags, want.names.stack),
    }),

  /**
   * A repeated create gives the cluster that is there, whoever made it: the survey has looked before.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
   */
  async apply(act) {
    const { aws, item, names, tags } = act;
    if (item) {
      await retagEcs(act, item.clusterArn);
      return { clusterArn: item.clusterArn };
    }
    const { cluster: made } = await aws.ecs(
      new CreateClusterCommand({ clusterName: names.cluster, tags: lower(tags) }),
    );
    const clusterArn = made?.clusterArn ?? '';
    await act.record({ clusterArn });
    if (made?.status !== 'ACTIVE') {
      await act.until(`cluster ${names.cluster} to be active`, 'cluster', async () => {
        const status = (await act.again())?.status;
        if (status === 'FAILED') return failed('ECS could not set the cluster up');
        return status === 'ACTIVE' ? ready(undefined) : pending(status ?? 'not seen yet');
      });
    }
    return { clusterArn };
  },
};
