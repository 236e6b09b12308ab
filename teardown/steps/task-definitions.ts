/** Removes our revisions of a family: deregisters each of them, then deletes up to ten per call. The families share delete calls. */
import { DeleteTaskDefinitionsCommand, type Failure } from '@aws-sdk/client-ecs';
import type { Aws } from '../../lib/aws/clients.ts';
import { isCode } from '../../lib/aws/errors.ts';
import { deregisterRevision, ownRevisions } from '../../lib/aws/task-definition-revisions.ts';
import { problem } from '../../lib/model/problem.ts';
import { throwingRefusals } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';
import { oneOffFamilyOf } from '../../lib/derive/names.ts';
import { perClient, batched } from '../../lib/aws/batched-calls.ts';

const MAX_REVISIONS_PER_CALL = 10;

export const taskDefinitions: Removal<'taskDefinitions'> = {
  /**
   * Deregisters the revisions in sequence: AWS accepts one call per second, and a family has a revision for every change that
   * was ever made. The same happens to what a killed one-off task left in the family of the service's one-off tasks. Revisions that someone else registered in the family stay. ECS still shows a deleted revision while it lists
   * a stopped task that refers to the revision.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-definition-state.html
   */
  async remove(context) {
    const { family, taskDefinitionArn: recorded } = context.existing;
    const { stack } = context.names;
    const revisions = async (status: 'ACTIVE' | 'INACTIVE') => [
      ...(await ownRevisions(context.aws, { family: oneOffFamilyOf(family), stack }, status)),
      ...(await ownRevisions(context.aws, { family, stack, recorded }, status)),
    ];
    const [active, inactive] = await Promise.all([revisions('ACTIVE'), revisions('INACTIVE')]);
    for (const taskDefinition of active) {
      await deregisterRevision(context.aws, taskDefinition);
    }
    const deleteRevision = (revision: string) => deleteBatched(context.aws)(revision, context.clock);
    await throwingRefusals(
      async () => (await Promise.all([...active, ...inactive].map(deleteRevision))).flat(),
      (error) => isCode(error, 'MISSING'),
      refused,
    );
  },
};

/** A revision that ECS did not delete. */
interface RevisionRefusal {
  readonly arn: string;
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/**
 * Deletes one revision; concurrent deletes share calls. If a revision cannot be deleted, the call still succeeds, and its
 * response lists the revision as a failure.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html
 */
const deleteBatched = perClient((aws: Aws) => {
  let previous: Promise<unknown> = Promise.resolve();
  return batched<RevisionRefusal[]>(MAX_REVISIONS_PER_CALL, async (taskDefinitions) => {
    const response = previous.then(() => aws.ecs(new DeleteTaskDefinitionsCommand({ taskDefinitions })));
    previous = response.catch(() => undefined);
    const { failures = [] } = await response;
    return (revision) => failures.filter(({ arn }) => arn === revision).map(toRefusal);
  });
});

const toRefusal = ({ arn = '', reason, detail }: Failure): RevisionRefusal => ({
  arn,
  code: reason,
  message: detail ?? reason,
});

const refused = ({ arn, message }: RevisionRefusal, cause: Error) =>
  problem('REFUSED', {
    what: `ECS did not delete ${arn.split('/').at(-1)}.`,
    why: message ?? 'ECS gives no reason.',
    now: 'It can no longer start tasks.',
    fix: ['npm run teardown, to try again'],
    cause,
  });
