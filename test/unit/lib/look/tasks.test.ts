// Looking up the tasks of a service.
import { DescribeTasksCommand, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { tasksOf } from '../../../../lib/look/tasks.ts';
import { awsError, mocks, lookContextOf, sentCalls } from '../../step-harness.ts';

const task = (taskArn: string, group = 'service:web'): Task => ({ taskArn, group });

/** Mocks a list of tasks for each desired status, in pages of a hundred, and the descriptions of the tasks. */
function mockTasks(
  byStatus: Readonly<Record<string, readonly string[]>>,
  taskOf: (arn: string) => Task = task,
): void {
  mocks.ecs
    .on(ListTasksCommand)
    .callsFake(({ desiredStatus, nextToken }: { desiredStatus: string; nextToken?: string }) => {
      const all = byStatus[desiredStatus] ?? [];
      const start = Number(nextToken ?? 0);
      const next = start + 100 < all.length ? String(start + 100) : undefined;
      return { taskArns: all.slice(start, start + 100), nextToken: next };
    });
  mocks.ecs
    .on(DescribeTasksCommand)
    .callsFake(({ tasks }: { tasks: string[] }) => ({ tasks: tasks.map((arn) => taskOf(arn)) }));
}
const arns = async (...statuses: ('RUNNING' | 'STOPPED')[]) =>
  (await tasksOf(lookContextOf(), 'web', ...statuses)).map(({ taskArn }) => taskArn);

test('the look lists tasks by family, one status after another, and describes each task only once', async () => {
  mockTasks({ RUNNING: ['arn:1', 'arn:2'], STOPPED: ['arn:2', 'arn:3'] });
  expect(await arns('RUNNING', 'STOPPED')).toEqual(['arn:1', 'arn:2', 'arn:3']);
  const listCall = (desiredStatus: string) => ({
    command: 'ListTasks',
    input: { cluster: 'shop-dev', family: 'shop-dev-web', desiredStatus },
  });
  expect(sentCalls()).toEqual([
    listCall('RUNNING'),
    listCall('STOPPED'),
    { command: 'DescribeTasks', input: { cluster: 'shop-dev', tasks: ['arn:1', 'arn:2', 'arn:3'] } },
  ]);
});

test('the look lists tasks by the configured family, whatever the name of the ECS service', async () => {
  mockTasks({ RUNNING: ['arn:1', 'arn:2'] }, (arn) =>
    task(arn, arn === 'arn:1' ? 'service:web_1234' : undefined),
  );
  expect((await tasksOf(lookContextOf(), 'web_1234', 'RUNNING')).map(({ taskArn }) => taskArn)).toEqual([
    'arn:1',
  ]);
  expect(sentCalls()[0]?.input).toMatchObject({ family: 'shop-dev-web' });
});

test('the look reads all pages, and describes a hundred tasks per call', async () => {
  mockTasks({ STOPPED: Array.from({ length: 150 }, (_, index) => `arn:${index}`) });
  expect(await arns('STOPPED')).toHaveLength(150);
  expect(sentCalls().filter(({ command }) => command === 'DescribeTasks')).toHaveLength(2);
});

test('the look leaves out tasks that this stack has not started, even those of the same family', async () => {
  mockTasks({ RUNNING: ['arn:1', 'arn:2'] }, (arn) =>
    task(arn, arn === 'arn:2' ? 'family:shop-dev-web' : undefined),
  );
  expect(await arns('RUNNING')).toEqual(['arn:1']);
});

test('the look finds nothing, and describes nothing, when there are no tasks', async () => {
  mockTasks({});
  expect(await arns('RUNNING', 'STOPPED')).toEqual([]);
  expect(sentCalls().map(({ command }) => command)).toEqual(['ListTasks', 'ListTasks']);
});

test('the look finds nothing without a cluster', async () => {
  mocks.ecs.on(ListTasksCommand).rejects(awsError('ClusterNotFoundException'));
  expect(await arns('RUNNING')).toEqual([]);
});

test('the look fails with any other error', async () => {
  mocks.ecs.on(ListTasksCommand).rejects(awsError('AccessDeniedException', 'not allowed'));
  await expect(arns('RUNNING')).rejects.toMatchObject({ message: 'not allowed' });
});
