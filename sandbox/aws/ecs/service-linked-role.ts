/** ECS's service-linked role. The first use of ECS in an account fails because the role is missing, and triggers its creation. */
import type { Events, Region } from '../../world/region.ts';
import { hasServiceLinkedRole, makeServiceLinkedRole } from '../iam/service-linked-roles.ts';
import { invalid } from './errors.ts';

const ECS_PRINCIPAL = 'ecs.amazonaws.com';

export const linkedRoleArn = (region: Region): string =>
  region.iamArn(`role/aws-service-role/${ECS_PRINCIPAL}/AWSServiceRoleForECS`);

/**
 * Refuses a call while the account has no service-linked role for ECS, and schedules the creation of the role.
 * @throws InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html
 */
export function requireLinkedRole(region: Region): void {
  if (hasServiceLinkedRole(region, ECS_PRINCIPAL)) return;
  region.after('serviceLinkedRoleCreate', 'ecs:linked-role-created', ECS_PRINCIPAL);
  throw invalid(
    'Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
  );
}

export const linkedRoleEvents: Events = {
  // Several early calls may each have scheduled the creation.
  'ecs:linked-role-created'(region) {
    if (!hasServiceLinkedRole(region, ECS_PRINCIPAL)) makeServiceLinkedRole(region, ECS_PRINCIPAL);
  },
};
