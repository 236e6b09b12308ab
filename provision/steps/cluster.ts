/** The cluster: where the services of the stack live. */
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { lookAgainForOurs } from '../../lib/engine/adopt-by-name.ts';
import { adopt, takenByOthers } from '../../lib/engine/adopt.ts';
import { compare } from '../../lib/model/change.ts';
import { foreignOwner } from '../../lib/look/context.ts';
import { ONLY } from '../../lib/model/resources.ts';
import { retagEcs } from '../../lib/aws/retag.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { toCamelCaseTags, readTags, tagFields, desiredTags, type Tags } from '../../lib/derive/tags.ts';
import { failed, pending, ready } from '../../lib/engine/until.ts';

export const cluster: Step<'cluster'> = {
  diff: (desired, found) =>
    compare({
      noun: 'cluster',
      desired: new Map([[ONLY, desiredTags(desired, 'cluster', ONLY)]]),
      found: found.cluster,
      fieldsOf: ({ tags }) => tagFields(tags),
      foreign: ({ tags }) => foreignOwner(tags, desired.names.stack),
    }),

  /**
   * A create of a name that is there answers with what is there, whoever made it: the survey has looked before, and the
   * tags of the answer tell whether somebody else was quicker.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
   */
  async apply(context) {
    const { aws, existing: item, names, tags } = context;
    if (item) {
      await retagEcs(context, item.clusterArn);
      return { clusterArn: item.clusterArn };
    }
    const { cluster: made } = await aws.ecs(
      new CreateClusterCommand({ clusterName: names.cluster, tags: toCamelCaseTags(tags) }),
    );
    await checkOwner(context, readTags(made?.tags));
    const clusterArn = made?.clusterArn ?? '';
    await context.record({ clusterArn });
    if (made?.status !== 'ACTIVE') {
      await context.until(`cluster ${names.cluster} to be active`, 'cluster', async () => {
        const status = (await context.lookAgain())?.status;
        if (status === 'FAILED') return failed('ECS could not set the cluster up');
        return status === 'ACTIVE' ? ready(undefined) : pending(status ?? 'not seen yet');
      });
    }
    return { clusterArn };
  },
};

/** @param tags what the answer of the create says; where it says none, a look tells whose the cluster is */
async function checkOwner(context: ApplyContext<'cluster'>, tags: Tags): Promise<void> {
  const { duplicateGuard, names } = context;
  const owner = foreignOwner(tags, names.stack);
  if (owner === undefined) return;
  const place = `the name ${names.cluster}`;
  if (Object.keys(tags).length > 0) throw takenByOthers(place, owner);
  await adopt({ duplicateGuard, lookAgain: () => lookAgainForOurs(context) }, place, new Error(owner));
}
