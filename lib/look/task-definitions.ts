/** Finds, by service, the newest active task definition of the family. */
import { DescribeTaskDefinitionCommand, ListTaskDefinitionFamiliesCommand } from '@aws-sdk/client-ecs';
import { isCode } from '../aws-error.ts';
import type { Fields } from '../change.ts';
import { allPages } from '../pages.ts';
import type { Ids, Items } from '../resources.ts';
import { readTags, STACK_TAG, type Tags } from '../tags.ts';
import { definitionFields } from '../task-definition.ts';
import type { See } from './see.ts';

export interface FoundTaskDefinition extends Readonly<Ids['taskDefinitions']> {
  readonly family: string;
  readonly revision: number;
  /** What it says, as fields. */
  readonly definition: Fields;
  readonly tags: Tags;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitionFamilies.html */
export async function lookTaskDefinitions(see: See): Promise<Items<FoundTaskDefinition>> {
  const { aws, names, config } = see;
  const prefix = names.family('');
  const families = await allPages(async (nextToken) => {
    const page = await aws.ecs(
      new ListTaskDefinitionFamiliesCommand({ familyPrefix: prefix, status: 'ACTIVE', nextToken }),
    );
    return { items: page.families ?? [], next: page.nextToken };
  });
  const definitions = await Promise.all(families.map((family) => look(see, family)));
  const wanted = new Set(config.services.map(({ name }) => names.family(name)));
  return new Map(
    definitions
      // Another stack's name may begin with ours: its families are ours only by tag, or where we want the name.
      .filter((found) => found !== undefined)
      .filter(({ family, tags }) => tags[STACK_TAG] === names.stack || wanted.has(family))
      .map((found) => [found.family.slice(prefix.length), found]),
  );
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html */
async function look({ aws }: See, family: string): Promise<FoundTaskDefinition | undefined> {
  try {
    const { taskDefinition, tags } = await aws.ecs(
      new DescribeTaskDefinitionCommand({ taskDefinition: family, include: ['TAGS'] }),
    );
    return {
      taskDefinitionArn: taskDefinition?.taskDefinitionArn ?? '',
      family,
      revision: taskDefinition?.revision ?? 0,
      definition: definitionFields(taskDefinition ?? {}),
      tags: readTags(tags),
    };
  } catch (error) {
    // «Unable to describe task definition»: deregistered since the list.
    if (isCode(error, 'Client')) return undefined;
    throw error;
  }
}
