/** Removes an ECS service, and waits until its last task has stopped: until then tasks hold addresses, logs and roles. */
import {
  DeleteServiceCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { isCode, isNotFound } from '../lib/aws-error.ts';
import { gone } from '../lib/gone.ts';
import { describeServices } from '../lib/look/services.ts';
import type { Removal, Undo } from '../lib/step.ts';
import { pending, ready, type Probed } from '../lib/until.ts';

export const services: Removal<'services'> = {
  /** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html */
  async remove(undo) {
    const { aws, item, names } = undo;
    const cluster = names.cluster;
    const service = item.serviceName;
    const running = await runningTasks(undo);
    if (item.status === 'ACTIVE') {
      await gone(async () => {
        try {
          await aws.ecs(new UpdateServiceCommand({ cluster, service, desiredCount: 0 }));
        } catch (error) {
          // Another run has begun to remove it.
          if (!isCode(error, 'ServiceNotActive')) throw error;
        }
      });
      await gone(() => aws.ecs(new DeleteServiceCommand({ cluster, service, force: true })));
    }
    await undo.until(`service ${service} to be gone`, 'serviceGone', async () => {
      const [left] = await describeServices(aws, cluster, [service]);
      return left ? pending(`${left.status}, ${left.runningCount ?? 0} tasks running`) : ready(undefined);
    });
    if (running.length > 0) {
      await undo.until(`the tasks of ${service} to be stopped`, 'tasksGone', () => stopped(undo, running));
    }
  },
};

/** A service is gone when its tasks are stopping; they are waited for by name. */
async function runningTasks({ aws, names, item }: Undo<'services'>): Promise<string[]> {
  try {
    const { taskArns = [] } = await aws.ecs(
      new ListTasksCommand({ cluster: names.cluster, serviceName: item.serviceName, maxResults: 100 }),
    );
    return taskArns;
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** Stopped, or already forgotten. @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html */
async function stopped({ aws, names }: Undo<'services'>, tasks: string[]): Promise<Probed<undefined>> {
  try {
    const answer = await aws.ecs(new DescribeTasksCommand({ cluster: names.cluster, tasks }));
    const left = (answer.tasks ?? []).filter(
      ({ lastStatus }) => lastStatus !== 'STOPPED' && lastStatus !== 'DELETED',
    );
    return left.length === 0 ? ready(undefined) : pending(`${left.length} tasks stopping`);
  } catch (error) {
    if (isNotFound(error)) return ready(undefined);
    throw error;
  }
}
