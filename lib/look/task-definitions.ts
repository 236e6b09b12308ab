/** Finds the newest task definition of each service's family. */
import {
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs';
import { isCode } from '../aws/errors.ts';
import type { Fields } from '../model/change.ts';
import { allPages } from '../aws/pages.ts';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { readTags, STACK_TAG, type Tags } from '../derive/tags.ts';
import { definitionFields } from '../derive/task-definition.ts';
import { revisionsOf } from '../aws/task-definition-revisions.ts';
import type { LookContext } from './context.ts';

export interface FoundTaskDefinition extends Readonly<Ids['taskDefinitions']> {
  readonly family: string;
  /** `ACTIVE`; or `INACTIVE` if all revisions are deregistered, but not all of them are deleted. */
  readonly status: string;
  /** Its content as fields. */
  readonly definition: Fields;
  /** The number of older revisions that can still start tasks. */
  readonly older: number;
  /** When it was created: shown when it belongs to someone else. */
  readonly createdAt?: Date | undefined;
  readonly tags: Tags;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitionFamilies.html */
export async function lookTaskDefinitions(context: LookContext): Promise<Items<FoundTaskDefinition>> {
  const { aws, names, config } = context;
  const prefix = names.family('');
  const families = await allPages(async (nextToken) => {
    const page = await aws.ecs(
      new ListTaskDefinitionFamiliesCommand({ familyPrefix: prefix, status: 'ALL', nextToken }),
    );
    return { items: page.families ?? [], next: page.nextToken };
  });
  const definitions = await Promise.all(families.map((family) => lookFamily(context, family)));
  const desired = new Set(config.services.map(({ name }) => names.family(name)));
  return new Map(
    definitions
      .filter((found) => found !== undefined)
      // Another stack's name may begin with this stack's name: a family only counts if it has our tag, or a name that we need.
      .filter(({ family, tags }) => tags[STACK_TAG] === names.stack || desired.has(family))
      .map((found) => [found.family.slice(prefix.length), found]),
  );
}

/** Finds the newest active revision of a family, or else the newest inactive one, which a teardown may have left. */
async function lookFamily({ aws }: LookContext, family: string): Promise<FoundTaskDefinition | undefined> {
  const [active, revisions] = await Promise.all([describe(aws, family), revisionsOf(aws, family, 'ACTIVE')]);
  if (active) {
    return { ...active, older: revisions.filter((arn) => arn !== active.taskDefinitionArn).length };
  }
  const { taskDefinitionArns: [newest] = [] } = await aws.ecs(
    new ListTaskDefinitionsCommand({ familyPrefix: family, status: 'INACTIVE', sort: 'DESC', maxResults: 1 }),
  );
  return newest === undefined ? undefined : describe(aws, newest);
}

/**
 * Describes a task definition; undefined when it does not exist.
 * @param reference the ARN of a revision, or the name of a family, which means its newest active revision
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html
 */
async function describe(
  aws: LookContext['aws'],
  reference: string,
): Promise<FoundTaskDefinition | undefined> {
  try {
    const { taskDefinition = {}, tags } = await aws.ecs(
      new DescribeTaskDefinitionCommand({ taskDefinition: reference, include: ['TAGS'] }),
    );
    return {
      taskDefinitionArn: taskDefinition.taskDefinitionArn ?? '',
      family: taskDefinition.family ?? '',
      status: taskDefinition.status ?? '',
      definition: definitionFields(taskDefinition),
      older: 0,
      createdAt: taskDefinition.registeredAt,
      tags: readTags(tags),
    };
  } catch (error) {
    // "Unable to describe task definition": deregistered or deleted since it was listed.
    if (isCode(error, 'Client')) return undefined;
    throw error;
  }
}
