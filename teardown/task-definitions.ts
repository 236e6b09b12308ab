/** Removes all revisions of a family: deregistered first, then deleted, ten a call. */
import { DeleteTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import { deregister, revisionsOf } from '../lib/revisions.ts';
import { problem } from '../lib/problem.ts';
import type { Removal, Undo } from '../lib/step.ts';

const BATCH = 10;

export const taskDefinitions: Removal<'taskDefinitions'> = {
  /**
   * One call after the other: AWS takes one a second, and a family has a revision for every change there ever was.
   * What is deleted while a stopped task is still remembered goes by itself when that is forgotten.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-definition-state.html
   */
  async remove(undo) {
    const [active, inactive] = await Promise.all([
      revisionsOf(undo.aws, undo.item.family, 'ACTIVE'),
      revisionsOf(undo.aws, undo.item.family, 'INACTIVE'),
    ]);
    for (const taskDefinition of active) {
      await deregister(undo.aws, taskDefinition);
    }
    const all = [...active, ...inactive];
    for (let start = 0; start < all.length; start += BATCH) {
      await deleteRevisions(undo, all.slice(start, start + BATCH));
    }
  },
};

/**
 * What cannot be deleted is no error of the call but an entry in its answer.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html
 */
async function deleteRevisions({ aws }: Undo<'taskDefinitions'>, taskDefinitions: string[]): Promise<void> {
  const { failures = [] } = await aws.ecs(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
  const failure = failures.find(({ reason }) => reason !== 'MISSING');
  if (!failure) return;
  throw problem('REFUSED', {
    what: `ECS did not delete ${failure.arn?.split('/').at(-1)}.`,
    why: failure.detail ?? failure.reason ?? 'It does not say why.',
    now: 'It cannot start tasks any more.',
    fix: ['npm run teardown, to try again'],
  });
}
