/** The cluster: where the services of the stack run. */
import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { retagEcs } from '../../lib/aws/retag.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import {
  desiredTags,
  readTags,
  tagFields,
  toCamelCaseTags,
  type TagField,
  type Tags,
} from '../../lib/derive/tags.ts';
import { lookAgainForOurs } from '../../lib/engine/adopt-by-name.ts';
import { adopt, takenByOthers } from '../../lib/engine/adopt.ts';
import type { ApplyContext, Step } from '../../lib/engine/step.ts';
import { failed, pending, ready } from '../../lib/engine/until.ts';
import { compare } from '../../lib/model/change.ts';
import { ONLY } from '../../lib/model/resources.ts';

type Context = ApplyContext<'cluster', TagField>;

export const cluster: Step<'cluster', TagField> = {
  diff: (desired, found) =>
    compare({
      noun: 'cluster',
      desired: new Map([[ONLY, desiredTags(desired, 'cluster', ONLY)]]),
      found: found.cluster,
      fieldsOf: ({ tags }) => tagFields(tags),
      whyForeign: ({ tags }) => foreignOwner(tags, desired.names.stack),
    }),

  /**
   * If the name is taken, the create returns the existing cluster, even a foreign one. The tags in the response show
   * whether someone else has created the cluster since the survey.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
   */
  async create(context) {
    const { aws, names, tags } = context;
    const { cluster: created } = await aws.ecs(
      new CreateClusterCommand({ clusterName: names.cluster, tags: toCamelCaseTags(tags) }),
    );
    await checkOwner(context, readTags(created?.tags));
    const ids = { clusterArn: created?.clusterArn ?? '' };
    return created?.status === 'ACTIVE' ? ids : { ids, wait: () => waitUntilActive(context) };
  },

  configure: (context, { clusterArn }) => retagEcs(context, clusterArn),
};

const waitUntilActive = (context: Context): Promise<void> =>
  context.until(`cluster ${context.names.cluster} to be active`, 'cluster', async () => {
    const status = (await context.lookAgain())?.status;
    if (status === 'FAILED') return failed('ECS could not set the cluster up');
    return status === 'ACTIVE' ? ready(undefined) : pending(status ?? 'not visible yet');
  });

/**
 * Checks that the created cluster belongs to this stack.
 * @param tags the tags in the response of the create; if the response has no tags, a look finds the owner
 */
async function checkOwner(context: Context, tags: Tags): Promise<void> {
  const { duplicateGuard, names } = context;
  const ownerText = foreignOwner(tags, names.stack);
  if (ownerText === undefined) return;
  const whatIsTaken = `the name ${names.cluster}`;
  if (Object.keys(tags).length > 0) throw takenByOthers(whatIsTaken, ownerText);
  await adopt(
    { duplicateGuard, lookAgain: () => lookAgainForOurs(context) },
    whatIsTaken,
    new Error(ownerText),
  );
}
