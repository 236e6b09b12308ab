/** Removes an ECS service, and waits until its last task has stopped. Tasks use network interfaces, the log group and the roles. */
import { DeleteServiceCommand } from '@aws-sdk/client-ecs';
import { ignoringNotFound } from '../../lib/engine/delete.ts';
import { describeService } from '../../lib/look/services.ts';
import { batchedTasksOf } from '../../lib/look/tasks.ts';
import type { Removal } from '../../lib/engine/step.ts';
import { pending, ready } from '../../lib/engine/until.ts';

export const services: Removal<'services'> = {
  /**
   * Deletes the service with its tasks. The tasks drain in any case, so scaling to zero first would only cost a call. AWS also
   * deletes the scalable target and the scaling policies of the service.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
   */
  async remove(context) {
    const { aws, existing, names } = context;
    const { cluster } = names;
    const { serviceName: service } = existing;
    if (existing.status === 'ACTIVE') {
      await ignoringNotFound(() => aws.ecs(new DeleteServiceCommand({ cluster, service, force: true })));
    }
    await context.until(`service ${service} to be gone`, 'serviceGone', async () => {
      const left = await describeService(context, service);
      return left ? pending(`${left.status}, ${left.runningCount ?? 0} tasks running`) : ready(undefined);
    });
    // ECS reports a service as gone while its tasks are still stopping.
    await context.until(`the tasks of ${service} to be stopped`, 'tasksGone', async () => {
      const tasks = await batchedTasksOf(context, service);
      const left = tasks.filter(({ lastStatus = '' }) => !['STOPPED', 'DELETED'].includes(lastStatus));
      return left.length === 0 ? ready(undefined) : pending(`${left.length} tasks stopping`);
    });
  },
};
