/** Removes an ECS service, and waits until its last task has stopped: until then tasks hold addresses, logs and roles. */
import { DeleteServiceCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { isCode, isNotFound } from '../lib/aws-error.ts';
import { gone } from '../lib/gone.ts';
import { describeServices } from '../lib/look/services.ts';
import { tasksOf } from '../lib/look/tasks.ts';
import type { Removal } from '../lib/step.ts';
import { pending, ready } from '../lib/until.ts';

/** A service that another run has begun to remove is not there for updates. */
const isLeaving = (error: unknown): boolean => isNotFound(error) || isCode(error, 'ServiceNotActive');

export const services: Removal<'services'> = {
  /**
   * AWS takes the scalable target of a deleted service away by itself, and its policies.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
   */
  async remove(undo) {
    const { aws, item, names } = undo;
    const { cluster } = names;
    const { serviceName: service } = item;
    if (item.status === 'ACTIVE') {
      await gone(() => aws.ecs(new UpdateServiceCommand({ cluster, service, desiredCount: 0 })), isLeaving);
      await gone(() => aws.ecs(new DeleteServiceCommand({ cluster, service, force: true })));
    }
    await undo.until(`service ${service} to be gone`, 'serviceGone', async () => {
      const [left] = await describeServices(aws, cluster, [service]);
      return left ? pending(`${left.status}, ${left.runningCount ?? 0} tasks running`) : ready(undefined);
    });
    // ECS calls a service gone while its tasks are still stopping.
    await undo.until(`the tasks of ${service} to be stopped`, 'tasksGone', async () => {
      const tasks = await tasksOf(undo, service, 'RUNNING', 'STOPPED');
      const left = tasks.filter(({ lastStatus = '' }) => !['STOPPED', 'DELETED'].includes(lastStatus));
      return left.length === 0 ? ready(undefined) : pending(`${left.length} tasks stopping`);
    });
  },
};
