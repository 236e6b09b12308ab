/** Checks of the infrastructure role, with which ECS registers targets and changes rules: its trust policy and permissions. */
import type { Region } from '../../../world/region.ts';
import { denialOf } from '../../iam/permission-evaluation.ts';
import type { RuleRow } from '../../elbv2/store.ts';
import type { ServiceRow } from '../store.ts';
import { checkPassable, roleOf, trusts, visibleFrom } from '../task-roles.ts';
import type { RouteRow } from './rows.ts';

const PRINCIPAL = 'ecs.amazonaws.com';

/** The names of ECS's sessions of the role, as CloudTrail and error messages show them. */
const SESSIONS = { rules: 'ECSNetworkingWithELB', targets: 'ecs-service-scheduler' } as const;

/** The consumer for which a new role becomes visible. */
const CONSUMER = 'infrastructure';

/**
 * Refuses a role that is too new to be passed to ECS. A role that does not exist is reported later.
 * @throws AccessDeniedException
 */
export function checkInfrastructureRole(region: Region, roleArn: string): void {
  const role = roleOf(region, roleArn);
  if (role) checkPassable(region, role, CONSUMER);
}

/**
 * Whether ECS can assume a role: it exists and trusts ECS. A role that is too new to be visible everywhere is `later`.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
 */
export function assumable(region: Region, roleArn: string): 'yes' | 'no' | 'later' {
  const role = roleOf(region, roleArn);
  if (!role) return 'no';
  if (visibleFrom(region, role, CONSUMER) > region.now().getTime()) return 'later';
  return trusts(region, role, PRINCIPAL) ? 'yes' : 'no';
}

/** Returns IAM's message if the role may not do something. */
function denial(
  region: Region,
  roleArn: string,
  session: keyof typeof SESSIONS,
  operation: string,
  resource?: string,
): string | undefined {
  const role = roleOf(region, roleArn);
  if (!role) return `ECS was unable to assume role ${roleArn}`;
  const action = `elasticloadbalancing:${operation}`;
  return denialOf(region, role, { action, resource, session: SESSIONS[session] });
}

/** Whether the role of a route may read the rules, listeners and target groups that ECS checks before a deployment. */
export const mayRead = (region: Region, { roleArn }: RouteRow): boolean =>
  ['DescribeRules', 'DescribeListeners', 'DescribeTargetGroups'].every(
    (operation) => denial(region, roleArn, 'rules', operation) === undefined,
  );

/** Returns IAM's message if the role may not change a rule. A default rule is changed through its listener. */
export const denialOfChange = (region: Region, roleArn: string, rule: RuleRow): string | undefined =>
  rule.IsDefault
    ? denial(region, roleArn, 'rules', 'ModifyListener', rule.ListenerArn)
    : denial(region, roleArn, 'rules', 'ModifyRule', rule.RuleArn);

/** Returns IAM's message if the role may not see the health of targets. */
export const denialOfHealth = (region: Region, { roleArn }: RouteRow): string | undefined =>
  denial(region, roleArn, 'targets', 'DescribeTargetHealth');

/**
 * Returns IAM's message if the role of a service may not register targets with a group. Only a service with an advanced
 * configuration has such a role; the service-linked role of any other service may register targets.
 */
export function denialOfRegistration(
  region: Region,
  service: ServiceRow | undefined,
  targetGroupArn: string,
): string | undefined {
  const roleArn = service?.loadBalancers.find((balancer) =>
    [balancer.targetGroupArn, balancer.advancedConfiguration?.alternateTargetGroupArn].includes(
      targetGroupArn,
    ),
  )?.advancedConfiguration?.roleArn;
  if (roleArn === undefined) return undefined;
  return denial(region, roleArn, 'targets', 'RegisterTargets', targetGroupArn);
}
