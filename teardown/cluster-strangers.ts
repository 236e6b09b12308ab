/** Finds foreign tasks, services and container instances in our cluster: while they exist, ECS does not delete the cluster. */
import { ListContainerInstancesCommand } from '@aws-sdk/client-ecs';
import { allPages } from '../lib/aws/pages.ts';
import { STACK_TAG, readTags } from '../lib/derive/tags.ts';
import { ifFound } from '../lib/look/if-found.ts';
import { describeServices, listServices } from '../lib/look/services.ts';
import { idOfTask, isOneOff, runningTasks } from '../lib/look/tasks.ts';
import type { Stranger, StrangerContext } from './strangers.ts';

/** A task or a service of a stranger. */
export interface ClusterStranger extends Stranger {
  /** The ids of a task's attachments. The description of each of the task's network interfaces contains one of these ids. */
  readonly attachments: readonly string[];
}

/**
 * Lists the running tasks that neither a service nor a command of this stack started, and the active services that do not belong to this stack. A task that is
 * already stopping is not listed.
 */
export async function strangersInCluster({ aws, names, found }: StrangerContext): Promise<ClusterStranger[]> {
  const { cluster, stack } = names;
  const ours = new Set([...found.services.values()].map(({ serviceName }) => serviceName));
  const [tasks, listed] = await Promise.all([runningTasks(aws, cluster), listServices({ aws, names })]);
  const others = await describeServices(
    aws,
    cluster,
    listed.filter((service) => !ours.has(service)),
  );
  return [
    ...others
      .filter(({ status, tags }) => status === 'ACTIVE' && readTags(tags)[STACK_TAG] !== stack)
      .map(({ serviceName = '' }) => ({
        id: serviceName,
        text: `service ${serviceName} runs in the cluster ${cluster}, and does not belong to this stack`,
        command: `aws ecs delete-service --cluster ${cluster} --service ${serviceName} --force`,
        isCertainlyForeign: true,
        attachments: [],
      })),
    ...tasks
      .filter((task) => !task.group?.startsWith('service:') && !isOneOff(task, stack))
      .map(({ taskArn, group, startedBy, attachments = [] }) => {
        const id = idOfTask({ taskArn });
        const origin = [group && `group ${group}`, startedBy && `started by ${startedBy}`].filter(Boolean);
        return {
          id,
          text: `task ${id}${origin.length > 0 ? ` (${origin.join(', ')})` : ''} runs in the cluster ${cluster}, and none of our services started it`,
          command: `aws ecs stop-task --cluster ${cluster} --task ${id}`,
          isCertainlyForeign: true,
          attachments: attachments.map((attachment) => attachment.id ?? ''),
        };
      }),
  ];
}

/** Lists the EC2 instances that are registered in our cluster. All of them are foreign, because Slipway registers none. */
export async function instancesInCluster({
  aws,
  names: { cluster },
}: Pick<StrangerContext, 'aws' | 'names'>): Promise<Stranger[]> {
  const arns = await ifFound(() =>
    allPages(async (nextToken) => {
      const page = await aws.ecs(new ListContainerInstancesCommand({ cluster, nextToken }));
      return { items: page.containerInstanceArns ?? [], next: page.nextToken };
    }),
  );
  return (arns ?? []).map((arn) => {
    const id = arn.split('/').at(-1) ?? '';
    return {
      id,
      text: `container instance ${id} is registered in the cluster ${cluster}`,
      command: `aws ecs deregister-container-instance --cluster ${cluster} --container-instance ${id} --force`,
      isCertainlyForeign: true,
    };
  });
}
