/** Removes all revisions of a family: deregistered first, then deleted, ten a call with those of other families. */
import { DeleteTaskDefinitionsCommand, type Failure } from '@aws-sdk/client-ecs';
import type { Aws } from '../../lib/aws/clients.ts';
import { deregister, revisionsOf } from '../../lib/aws/task-definition-revisions.ts';
import { problem } from '../../lib/model/problem.ts';
import type { Removal } from '../../lib/engine/step.ts';
import { perClient, batched } from '../../lib/aws/batched-calls.ts';

const BATCH = 10;

export const taskDefinitions: Removal<'taskDefinitions'> = {
  /**
   * One call after the other: AWS takes one a second, and a family has a revision for every change there ever was.
   * What is deleted while a stopped task is still remembered goes by itself when that is forgotten.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-definition-state.html
   */
  async remove(context) {
    const [active, inactive] = await Promise.all([
      revisionsOf(context.aws, context.existing.family, 'ACTIVE'),
      revisionsOf(context.aws, context.existing.family, 'INACTIVE'),
    ]);
    for (const taskDefinition of active) {
      await deregister(context.aws, taskDefinition);
    }
    const remove = (revision: string) => deletion(context.aws)(revision, context.clock);
    const refusals = await Promise.all([...active, ...inactive].map(remove));
    const refusal = refusals.find((one) => one !== undefined);
    if (refusal) throw refused(refusal);
  },
};

/**
 * Deletes one revision, and shares the call with whoever deletes another in the same moment. What cannot be deleted is
 * no error of the call but an entry in its answer.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html
 */
const deletion = perClient((aws: Aws) => {
  let last: Promise<unknown> = Promise.resolve();
  return batched<Failure | undefined>(BATCH, async (taskDefinitions) => {
    const answer = last.then(() => aws.ecs(new DeleteTaskDefinitionsCommand({ taskDefinitions })));
    last = answer.catch(() => undefined);
    const { failures = [] } = await answer;
    return (revision) => failures.find(({ arn, reason }) => arn === revision && reason !== 'MISSING');
  });
});

const refused = ({ arn, detail, reason }: Failure) =>
  problem('REFUSED', {
    what: `ECS did not delete ${arn?.split('/').at(-1)}.`,
    why: detail ?? reason ?? 'It does not say why.',
    now: 'It cannot start tasks any more.',
    fix: ['npm run teardown, to try again'],
  });
