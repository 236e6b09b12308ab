/** The agent of ECS Exec in a container: whether it runs, and whether it may connect to Session Manager. */
import type { Container, ManagedAgent } from '@aws-sdk/client-ecs';
import type { Region } from '../../world/region.ts';
import { denialOf } from '../iam/permission-evaluation.ts';
import { shortName } from './lookups.ts';
import type { TaskRow } from './store.ts';
import { definitionOfTask } from './task-overrides.ts';
import { roleOf } from './task-roles.ts';

/**
 * What the agent does with the task role.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
 */
const ACTIONS = [
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
];

/** Returns the agent of a container that has not started. */
export const newAgent = (): ManagedAgent => ({ name: 'ExecuteCommandAgent', lastStatus: 'PENDING' });

/**
 * Starts the agent of a container, if it has one. The agent writes files inside of the container, so it does not start if the root
 * file system is read-only.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
 */
export function startAgent(region: Region, task: TaskRow, container: Container): void {
  const definition = definitionOfTask(region, task)?.containerDefinitions?.find(
    ({ name }) => name === container.name,
  );
  container.managedAgents = container.managedAgents?.map(({ name }) =>
    definition?.readonlyRootFilesystem
      ? {
          name,
          lastStatus: 'STOPPED',
          reason:
            'CannotStartManagedAgentError: unable to create the folders of the agent: read-only file system',
        }
      : { name, lastStatus: 'RUNNING', lastStartedAt: region.now() },
  );
}

/** Records that the agent of a container has ended together with the container. */
export function stopAgent(container: Container): void {
  container.managedAgents = container.managedAgents?.map((agent) => ({ ...agent, lastStatus: 'STOPPED' }));
}

export const isAgentRunning = ({ managedAgents = [] }: Container): boolean =>
  managedAgents.some(({ lastStatus }) => lastStatus === 'RUNNING');

/** Whether the task role of a task lets the agent connect. An agent without permission runs, but no client can reach it. */
export function canAgentConnect(region: Region, task: TaskRow): boolean {
  const { taskRoleArn } = definitionOfTask(region, task) ?? {};
  const role = taskRoleArn === undefined ? undefined : roleOf(region, taskRoleArn);
  if (!role) return false;
  const session = shortName(task.taskArn);
  return ACTIONS.every((action) => denialOf(region, role, { action, resource: '*', session }) === undefined);
}
