/** The cluster: where the services of the stack run. */
import { CreateClusterCommand, UpdateClusterSettingsCommand, type ClusterSetting } from '@aws-sdk/client-ecs';
import { retagEcs } from '../../lib/aws/retag.ts';
import type { Config } from '../../lib/config/config.ts';
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
import { compare, touches, type DesiredFields } from '../../lib/model/change.ts';
import type { Desired } from '../../lib/look/context.ts';
import { ONLY } from '../../lib/model/resources.ts';

type Field = 'container insights' | TagField;
type Context = ApplyContext<'cluster', Field>;

/** Returns the value of the setting; undefined if the setting of the account decides. */
const insightsOf = ({ insights }: Config): string | undefined =>
  typeof insights === 'boolean' ? (insights ? 'enabled' : 'disabled') : insights;

const settingsOf = (config: Config): ClusterSetting[] =>
  config.insights === undefined ? [] : [{ name: 'containerInsights', value: insightsOf(config) }];

const desiredFields = (desired: Desired): DesiredFields<Field> => ({
  ...(desired.config.insights === undefined ? {} : { 'container insights': insightsOf(desired.config) }),
  ...desiredTags(desired, 'cluster', ONLY),
});

export const cluster: Step<'cluster', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'cluster',
      desired: new Map([[ONLY, desiredFields(desired)]]),
      found: found.cluster,
      fieldsOf: ({ insights, tags }) => ({ 'container insights': insights, ...tagFields(tags) }),
      whyForeign: ({ tags }) => foreignOwner(tags, desired.names.stack),
    }),

  /**
   * If the name is taken, the create returns the existing cluster, even a foreign one. The tags in the response show
   * whether someone else has created the cluster since the survey.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
   */
  async create(context) {
    const { aws, config, names, tags } = context;
    const { cluster: created } = await aws.ecs(
      new CreateClusterCommand({
        clusterName: names.cluster,
        tags: toCamelCaseTags(tags),
        ...(config.insights !== undefined && { settings: settingsOf(config) }),
      }),
    );
    await checkOwner(context, readTags(created?.tags));
    const ids = { clusterArn: created?.clusterArn ?? '' };
    return created?.status === 'ACTIVE' ? ids : { ids, wait: () => waitUntilActive(context) };
  },

  /** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateClusterSettings.html */
  async configure(context, { clusterArn }) {
    const { aws, change, config } = context;
    if (change.verb === 'update' && touches(change, 'container insights')) {
      await aws.ecs(new UpdateClusterSettingsCommand({ cluster: clusterArn, settings: settingsOf(config) }));
    }
    await retagEcs(context, clusterArn);
  },
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
