/** The roles of tasks: whether they exist when a task definition names them, and whether ECS can take them when a task starts. */
import type { Region } from '../../world/region.ts';
import type { RoleRow } from '../iam/store.ts';
import { cannotAssume, clientError } from './errors.ts';
import { shortName } from './lookups.ts';
import type { TaskDefinitionRow } from './store.ts';

const TASKS = 'ecs-tasks.amazonaws.com';

/** The role of an ARN or of a name. */
function roleOf({ iam }: Region, reference: string): RoleRow | undefined {
  const role = iam.roles.get(shortName(reference).toLowerCase());
  return !reference.startsWith('arn:') || role?.Arn === reference ? role : undefined;
}

/**
 * Refuses a role that does not exist.
 * @throws ClientException
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
export function checkRole(region: Region, reference: string | undefined): void {
  if (reference !== undefined && !roleOf(region, reference)) throw clientError('Role is not valid');
}

/** Why no task of this definition can be started, as ECS says it: a role is gone, or does not trust ECS tasks. */
export function whyNotAssumed(region: Region, definition: TaskDefinitionRow): string | undefined {
  const refused = [definition.executionRoleArn, definition.taskRoleArn].find(
    (reference) => reference !== undefined && !trustsTasks(roleOf(region, reference)),
  );
  return refused === undefined ? undefined : cannotAssume(refused);
}

const trustsTasks = (role: RoleRow | undefined): boolean =>
  role?.AssumeRolePolicyDocument.includes(TASKS) ?? false;
