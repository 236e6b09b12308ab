/** Finds the tasks of a service, even if the service is gone; ECS lists stopped tasks for about an hour. */
import {
  DescribeTasksCommand,
  ListTasksCommand,
  type DesiredStatus,
  type Task,
  type TaskField,
} from '@aws-sdk/client-ecs';
import { batchesOf } from '../aws/batches.ts';
import type { Clock } from '../model/clock.ts';
import { allPages } from '../aws/pages.ts';
import { configuredServiceName } from '../derive/names.ts';
import { ONE_OFF_TAG, readTags, STACK_TAG } from '../derive/tags.ts';
import { perClient, perName, batched } from '../aws/batched-calls.ts';
import { ifFound } from './if-found.ts';
import type { LookContext } from './context.ts';

const BATCH_SIZE = 100;

/** Returns the id of a task, the last part of its ARN. */
export const idOfTask = ({ taskArn = '' }: Task): string => taskArn.split('/').at(-1) ?? '';

/** Returns the private addresses of a task. */
export const addressesOf = ({ containers = [] }: Task): string[] =>
  containers.flatMap(({ networkInterfaces = [] }) =>
    networkInterfaces.flatMap(({ privateIpv4Address }) => privateIpv4Address ?? []),
  );

/**
 * Returns the tasks of a deployment, the latest first. ECS writes the id of the deployment into `startedBy`. Without an id, all tasks
 * of the task definition count.
 */
export const tasksOfDeployment = (
  tasks: readonly Task[],
  { id, taskDefinitionArn }: { readonly id: string | undefined; readonly taskDefinitionArn: string },
): Task[] =>
  tasks
    .filter((task) =>
      task.startedBy?.startsWith('ecs-svc/') === true && id
        ? task.startedBy === id
        : task.taskDefinitionArn === taskDefinitionArn,
    )
    .sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));

/**
 * Describes the tasks of one service. Lists the tasks by family, since they cannot be listed by a service that is gone.
 * @param service its name in ECS
 * @param statuses listed in sequence, so that a task that changes from one status to the next is not missed
 */
export async function tasksOf(
  { aws, names }: Pick<LookContext, 'aws' | 'names'>,
  service: string,
  ...statuses: readonly DesiredStatus[]
): Promise<Task[]> {
  const selection = { cluster: names.cluster, family: names.family(configuredServiceName(service)) };
  return (await describeTasks(aws, selection, statuses)).filter(belongsTo(service));
}

const belongsTo =
  (service: string) =>
  ({ group }: Task): boolean =>
    group === `service:${service}`;

/**
 * Picks the tasks of a service from all tasks of the cluster, so that concurrent waits for different services share the calls.
 */
const describeBatched = perClient((aws: LookContext['aws']) =>
  perName((cluster) =>
    batched(Number.MAX_SAFE_INTEGER, async () => {
      const tasks = await describeTasks(aws, { cluster }, ['RUNNING', 'STOPPED']);
      return (service) => tasks.filter(belongsTo(service));
    }),
  ),
);

/** Describes the running and stopped tasks of a service; concurrent waits share the calls. */
export const batchedTasksOf = (
  { aws, names, clock }: Pick<LookContext, 'aws' | 'names'> & { readonly clock: Clock },
  service: string,
): Promise<Task[]> => describeBatched(aws)(names.cluster)(service, clock);

/** Describes all tasks in a cluster that are meant to run, including those that a user started. Tasks that are stopping are left out. */
export const runningTasks = (aws: LookContext['aws'], cluster: string): Promise<Task[]> =>
  describeTasks(aws, { cluster }, ['RUNNING'], ['TAGS']);

/** Whether a task is a one-off task of a stack, which its own commands have started. */
export const isOneOff = ({ tags }: Task, stack: string): boolean => {
  const { [STACK_TAG]: owner, [ONE_OFF_TAG]: startedBy } = readTags(tags);
  return owner === stack && startedBy !== undefined;
};

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html */
async function describeTasks(
  aws: LookContext['aws'],
  selection: { readonly cluster: string; readonly family?: string },
  statuses: readonly DesiredStatus[],
  include?: TaskField[],
): Promise<Task[]> {
  const { cluster } = selection;
  const arns = new Set<string>();
  for (const desiredStatus of statuses) {
    const listed = await ifFound(() =>
      allPages(async (nextToken) => {
        const page = await aws.ecs(new ListTasksCommand({ ...selection, desiredStatus, nextToken }));
        return { items: page.taskArns ?? [], next: page.nextToken };
      }),
    );
    for (const arn of listed ?? []) arns.add(arn);
  }
  const responses = await Promise.all(
    batchesOf([...arns], BATCH_SIZE).map((tasks) =>
      ifFound(() => aws.ecs(new DescribeTasksCommand({ cluster, tasks, include }))),
    ),
  );
  return responses.flatMap((response) => response?.tasks ?? []);
}
