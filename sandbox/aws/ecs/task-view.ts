/** Tasks as calls return them. Tags are returned only on request. */
import type { Task, TaskField } from '@aws-sdk/client-ecs';
import type { TaskRow } from './store.ts';

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html */
export const taskView = (task: TaskRow, include: readonly TaskField[] = []): Task => ({
  ...task,
  tags: include.includes('TAGS') ? task.tags : [],
});
