/** The cluster: where the services of the stack live. */
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { againOurs } from '../../lib/engine/adopt-by-name.ts';
import { adopt, notOurs } from '../../lib/engine/adopt.ts';
import { compare } from '../../lib/model/change.ts';
import { foreignOwner } from '../../lib/look/context.ts';
import { ONLY } from '../../lib/model/resources.ts';
import { retagEcs } from '../../lib/aws/retag.ts';
import type { Act, Step } from '../../lib/engine/step.ts';
import { lower, readTags, tagFields, wantedTags, type Tags } from '../../lib/derive/tags.ts';
import { failed, pending, ready } from '../../lib/engine/until.ts';

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
   * A create of a name that is there answers with what is there, whoever made it: the survey has looked before, and the
   * tags of the answer tell whether somebody else was quicker.
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
    await checkOwner(act, readTags(made?.tags));
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

/** @param tags what the answer of the create says; where it says none, a look tells whose the cluster is */
async function checkOwner(act: Act<'cluster'>, tags: Tags): Promise<void> {
  const { careful, names } = act;
  const owner = foreignOwner(tags, names.stack);
  if (owner === undefined) return;
  const place = `the name ${names.cluster}`;
  if (Object.keys(tags).length > 0) throw notOurs(place, owner);
  await adopt({ careful, again: () => againOurs(act) }, place, new Error(owner));
}
