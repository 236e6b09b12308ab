/** Finds the tasks of a service: they outlive it, and the stopped ones are remembered for about an hour. */
import { DescribeTasksCommand, ListTasksCommand, type DesiredStatus, type Task } from '@aws-sdk/client-ecs';
import { allPages } from '../pages.ts';
import { serviceOf } from '../names.ts';
import { ifThere } from './if-there.ts';
import type { See } from './see.ts';

const BATCH = 100;

/**
 * By family rather than by service: tasks cannot be listed by a service that is gone.
 * @param service its name in ECS
 * @param statuses asked for one after the other, so that no task is missed that changes from one to the next
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
 */
export async function tasksOf(
  { aws, names }: Pick<See, 'aws' | 'names'>,
  service: string,
  ...statuses: readonly DesiredStatus[]
): Promise<Task[]> {
  const { cluster } = names;
  const arns = new Set<string>();
  for (const desiredStatus of statuses) {
    const listed = await ifThere(() =>
      allPages(async (nextToken) => {
        const family = names.family(serviceOf(service));
        const page = await aws.ecs(new ListTasksCommand({ cluster, family, desiredStatus, nextToken }));
        return { items: page.taskArns ?? [], next: page.nextToken };
      }),
    );
    for (const arn of listed ?? []) arns.add(arn);
  }
  const all = [...arns];
  const batches = Array.from({ length: Math.ceil(all.length / BATCH) }, (_, index) =>
    all.slice(index * BATCH, (index + 1) * BATCH),
  );
  const answers = await Promise.all(
    batches.map((tasks) => ifThere(() => aws.ecs(new DescribeTasksCommand({ cluster, tasks })))),
  );
  return answers
    .flatMap((answer) => answer?.tasks ?? [])
    .filter(({ group }) => group === `service:${service}`);
}
