/** The roles of tasks: they must exist when a definition names them, and ECS must be able to assume them to start tasks. */
import type { Region } from '../../world/region.ts';
import type { RoleRow } from '../iam/store.ts';
import { cannotAssume, cannotPass, clientError } from './errors.ts';
import { shortName } from './lookups.ts';
import type { TaskDefinitionRow } from './store.ts';

const TASKS = 'ecs-tasks.amazonaws.com';

/** Returns the role with the given ARN or name. */
function roleOf({ iam }: Region, reference: string): RoleRow | undefined {
  const role = iam.roles.get(shortName(reference).toLowerCase());
  return !reference.startsWith('arn:') || role?.Arn === reference ? role : undefined;
}

/** The roles of a task definition, or of the input that registers one. */
type Roles = Pick<TaskDefinitionRow, 'executionRoleArn' | 'taskRoleArn'>;

const rolesIn = ({ executionRoleArn, taskRoleArn }: Roles): string[] =>
  [executionRoleArn, taskRoleArn].filter((reference) => reference !== undefined);

/** Returns the time from which a consumer sees a role, in milliseconds since 1970. */
const visibleFrom = (region: Region, { RoleId, CreateDate }: RoleRow, consumer: string): number =>
  region.visibleAt({ lag: 'iamLagMs', id: RoleId, consumer: `ecs ${consumer}`, changedAt: CreateDate });

/**
 * Refuses roles that do not exist, and new roles that cannot be passed because IAM does not know them yet.
 * @param operation the operation that passes them to tasks
 * @throws ClientException, AccessDeniedException
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
export function checkRoles(region: Region, roles: Roles, operation: string): void {
  for (const reference of rolesIn(roles)) {
    const role = roleOf(region, reference);
    if (!role) throw clientError('Role is not valid');
    checkPassable(region, role, operation);
  }
}

/** Refuses a registered definition with roles that cannot be passed yet. Deleted roles fail only when tasks start. */
export function checkRolesOf(region: Region, definition: TaskDefinitionRow, operation: string): void {
  for (const reference of rolesIn(definition)) {
    const role = roleOf(region, reference);
    if (role) checkPassable(region, role, operation);
  }
}

function checkPassable(region: Region, role: RoleRow, operation: string): void {
  if (visibleFrom(region, role, operation) > region.now().getTime()) throw cannotPass(region, role.Arn);
}

/** The reason why no task can be started. */
export interface NotAssumed {
  /** In ECS's wording. */
  readonly reason: string;
  /** The time until which the reason applies, in milliseconds since 1970. */
  readonly until: number;
}

/** Returns why no task of a definition can be started: a role is gone, does not trust ECS tasks, or is too new. */
export function whyNotAssumed(region: Region, definition: TaskDefinitionRow): NotAssumed | undefined {
  const now = region.now().getTime();
  for (const reference of rolesIn(definition)) {
    const role = roleOf(region, reference);
    const until = role ? visibleFrom(region, role, 'task') : now;
    if (!trustsTasks(role) || until > now) return { reason: cannotAssume(reference), until };
  }
  return undefined;
}

const trustsTasks = (role: RoleRow | undefined): boolean =>
  role?.AssumeRolePolicyDocument.includes(TASKS) ?? false;
