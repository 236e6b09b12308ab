/** Finds our newest task definition in each service's family. Only revisions have owners; a family has no owner. */
import { ListTaskDefinitionFamiliesCommand, type TaskDefinition } from '@aws-sdk/client-ecs';
import { batchesOf } from '../aws/batches.ts';
import type { Fields } from '../model/change.ts';
import { allPages } from '../aws/pages.ts';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { LAST_GOOD_TAG, STACK_TAG, type Tags } from '../derive/tags.ts';
import { jobsIn, settingsIn } from '../derive/container-settings.ts';
import { definitionFields } from '../derive/task-definition.ts';
import { describeRevision, revisionsOf, type Revision } from '../aws/task-definition-revisions.ts';
import type { LookContext } from './context.ts';
import { isRecordedWithoutTags } from './recorded.ts';
import { serviceFamilyOf } from '../derive/names.ts';

export interface FoundTaskDefinition extends Readonly<Ids['taskDefinitions']> {
  readonly family: string;
  /** `ACTIVE`; or `INACTIVE` if all our revisions are deregistered, but not all of them are deleted. */
  readonly status: string;
  /** Its content as fields. */
  readonly definition: Fields;
  /** The names of the containers that end on purpose, because others wait for their end; undefined if there are none. */
  readonly jobs?: readonly string[] | undefined;
  /** The number of our older revisions that can still start tasks. The last good one, kept on purpose, does not count. */
  readonly olderRevisionCount: number;
  readonly tags: Tags;
}

/**
 * Looks into every family whose name begins with this stack's name. Some may belong to another stack with a longer name.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitionFamilies.html
 */
export async function lookTaskDefinitions(context: LookContext): Promise<Items<FoundTaskDefinition>> {
  const { aws, names } = context;
  const prefix = names.family('');
  const families = await allPages(async (nextToken) => {
    const page = await aws.ecs(
      new ListTaskDefinitionFamiliesCommand({ familyPrefix: prefix, status: 'ALL', nextToken }),
    );
    return { items: page.families ?? [], next: page.nextToken };
  });
  // The families of one-off tasks are removed together with that of their service.
  const own = families.filter((family) => !families.includes(serviceFamilyOf(family) ?? ''));
  const definitions = await Promise.all(own.map((family) => lookFamily(context, family)));
  return new Map(
    definitions
      .filter((found) => found !== undefined)
      .map((found) => [found.family.slice(prefix.length), found]),
  );
}

/** Finds our newest active revision of a family, or else our newest inactive one, which a teardown may have left. */
async function lookFamily(context: LookContext, family: string): Promise<FoundTaskDefinition | undefined> {
  const { aws } = context;
  const isOurs = (revision: Revision | undefined): revision is Revision =>
    revision !== undefined &&
    (revision.tags[STACK_TAG] === context.names.stack ||
      isRecordedWithoutTags(context, 'taskDefinitions', revision.tags, revision.arn));
  // Most families have only one active revision, so the newest is described while the revisions are listed.
  const [newest, active] = await Promise.all([
    describeRevision(aws, family),
    revisionsOf(aws, family, 'ACTIVE'),
  ]);
  const others = active.filter((arn) => arn !== newest?.arn).reverse();
  const described = [newest, ...(await Promise.all(others.map((arn) => describeRevision(aws, arn))))];
  const [current, ...older] = described.filter(isOurs);
  if (current) return read(current, older.filter(({ tags }) => tags[LAST_GOOD_TAG] === undefined).length);
  const inactive = (await revisionsOf(aws, family, 'INACTIVE')).reverse();
  for (const batch of batchesOf(inactive, REVISIONS_AT_ONCE)) {
    const found = (await Promise.all(batch.map((arn) => describeRevision(aws, arn)))).find(isOurs);
    if (found) return read(found, 0);
  }
  return undefined;
}

/** The number of inactive revisions that are described at once. The newest is almost always ours, and a family may have hundreds. */
const REVISIONS_AT_ONCE = 5;

function jobsOf({ containerDefinitions = [] }: TaskDefinition): readonly string[] | undefined {
  const jobs = jobsIn(containerDefinitions.map(settingsIn));
  return jobs.size === 0 ? undefined : [...jobs];
}

const read = ({ arn, taskDefinition, tags }: Revision, olderRevisionCount: number): FoundTaskDefinition => ({
  taskDefinitionArn: arn,
  family: taskDefinition.family ?? '',
  status: taskDefinition.status ?? '',
  definition: definitionFields(taskDefinition),
  jobs: jobsOf(taskDefinition),
  olderRevisionCount,
  tags,
});
