/** The roles of tasks. A task definition can name only existing roles, and ECS must be able to assume them to start tasks. */
import type { Region } from '../../world/region.ts';
import { UnsupportedCondition } from '../iam/conditions.ts';
import type { RoleRow } from '../iam/store.ts';
import { isTrusted } from '../iam/trust-evaluation.ts';
import { assumeFailureText, cannotPassRole, clientError } from './errors.ts';
import { shortName } from './lookups.ts';
import type { TaskDefinitionRow } from './store.ts';

const TASK_PRINCIPAL = 'ecs-tasks.amazonaws.com';

/** Returns the role with the given ARN or name. */
export function roleOf({ iam }: Region, reference: string): RoleRow | undefined {
  const role = iam.roles.get(shortName(reference).toLowerCase());
  return !reference.startsWith('arn:') || role?.Arn === reference ? role : undefined;
}

/** The roles of a task definition, or of the input that registers one. */
type Roles = Pick<TaskDefinitionRow, 'executionRoleArn' | 'taskRoleArn'>;

const rolesIn = ({ executionRoleArn, taskRoleArn }: Roles): string[] =>
  [executionRoleArn, taskRoleArn].filter((reference) => reference !== undefined);

/** Returns the time at which a role becomes visible to a consumer, in milliseconds since 1970. */
export const visibleFrom = (region: Region, { RoleId, CreateDate }: RoleRow, consumer: string): number =>
  region.visibleAt({ lag: 'iamLagMs', id: RoleId, consumer: `ecs ${consumer}`, changedAt: CreateDate });

/**
 * Refuses roles that do not exist, and new roles that cannot be passed yet because they are not visible everywhere.
 * @param operation the operation that passes the roles to tasks
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

/** Refuses a registered definition with roles that cannot be passed yet. Deleted roles are refused only when tasks start. */
export function checkExistingRoles(region: Region, definition: TaskDefinitionRow, operation: string): void {
  for (const reference of rolesIn(definition)) {
    const role = roleOf(region, reference);
    if (role) checkPassable(region, role, operation);
  }
}

/** Refuses a role that is too new to be passed. @throws AccessDeniedException */
export function checkPassable(region: Region, role: RoleRow, operation: string): void {
  if (visibleFrom(region, role, operation) > region.now().getTime()) throw cannotPassRole(region, role.Arn);
}

/** A failure of ECS to assume a role. It prevents the start of a task. */
export interface AssumeFailure {
  /** ECS's message. */
  readonly reason: string;
  /** The time at which ECS may try again, in milliseconds since 1970. */
  readonly until: number;
}

/** Returns the failure if ECS cannot assume a role of a definition: the role is gone, too new, or does not trust ECS tasks. */
export function assumeFailureOf(region: Region, definition: TaskDefinitionRow): AssumeFailure | undefined {
  const now = region.now().getTime();
  for (const reference of rolesIn(definition)) {
    const role = roleOf(region, reference);
    const until = role ? visibleFrom(region, role, 'task') : now;
    if (!role || !trusts(region, role, TASK_PRINCIPAL) || until > now)
      return { reason: assumeFailureText(reference), until };
  }
  return undefined;
}

/** Whether a role trusts a service of ECS. A condition that the sandbox cannot evaluate is taken to be met. */
export function trusts(region: Region, role: RoleRow, service: string): boolean {
  const context = { 'aws:sourceaccount': region.account, 'aws:sourcearn': region.arn('ecs', '*') };
  try {
    return isTrusted(region, role, { service }, 'sts:AssumeRole', context);
  } catch (error) {
    if (error instanceof UnsupportedCondition) return true;
    throw error;
  }
}
