/** Removes all revisions of a family: deregistered first, then deleted, ten a call. */
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  type TaskDefinitionStatus,
} from '@aws-sdk/client-ecs';
import { allPages } from '../lib/pages.ts';
import type { Removal, Undo } from '../lib/step.ts';

const BATCH = 10;

export const taskDefinitions: Removal<'taskDefinitions'> = {
  /** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html */
  async remove(undo) {
    const [active, inactive] = await Promise.all([revisions(undo, 'ACTIVE'), revisions(undo, 'INACTIVE')]);
    await Promise.all(
      active.map((taskDefinition) => undo.aws.ecs(new DeregisterTaskDefinitionCommand({ taskDefinition }))),
    );
    const all = [...active, ...inactive];
    for (let start = 0; start < all.length; start += BATCH) {
      const batch = all.slice(start, start + BATCH);
      await undo.aws.ecs(new DeleteTaskDefinitionsCommand({ taskDefinitions: batch }));
    }
  },
};

/** The prefix is taken for a whole family name; others that begin alike are left out to be sure. */
async function revisions(
  { aws, item }: Undo<'taskDefinitions'>,
  status: TaskDefinitionStatus,
): Promise<string[]> {
  const arns = await allPages(async (nextToken) => {
    const page = await aws.ecs(
      new ListTaskDefinitionsCommand({ familyPrefix: item.family, status, nextToken }),
    );
    return { items: page.taskDefinitionArns ?? [], next: page.nextToken };
  });
  return arns.filter((arn) => arn.split('/').at(-1)?.startsWith(`${item.family}:`));
}
