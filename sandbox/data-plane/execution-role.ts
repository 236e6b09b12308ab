/** Asks IAM whether the execution role of a task permits what ECS does to start the task. */
import { roleOf } from '../aws/ecs/task-roles.ts';
import type { TaskDefinitionRow, TaskRow } from '../aws/ecs/store.ts';
import { denialOf } from '../aws/iam/permission-evaluation.ts';
import type { Region } from '../world/region.ts';
import { taskIdOf } from './container-setup.ts';

/**
 * Returns IAM's message if the execution role denies a call; undefined if it allows the call. A task without an execution
 * role makes no such call, and a role that is gone has already prevented the start of the task.
 */
export type RoleDenial = (action: string, resource: string) => string | undefined;

/** Returns the denials of a task's execution role. The name of ECS's session is the id of the task. */
export const denialsOf =
  (region: Region, { taskArn }: TaskRow, { executionRoleArn }: TaskDefinitionRow): RoleDenial =>
  (action, resource) => {
    const role = executionRoleArn === undefined ? undefined : roleOf(region, executionRoleArn);
    return role && denialOf(region, role, { action, resource, session: taskIdOf(taskArn) });
  };

/** Returns an error of a service as ECS quotes it. */
export const serviceError = (region: Region, service: string, operation: string, error: string): string =>
  `operation error ${service}: ${operation}, https response error StatusCode: 400, RequestID: ${region.uuid()}, ${error}`;
