/** Checks of permissions: what IAM requires of a role and of its policies. */
import { findPartition } from '../../derive/partitions.ts';
import { MAX_POLICY_SIZE, arnOfManagedPolicy, taskPolicySize } from '../../derive/task-permissions.ts';
import type { Config } from '../config.ts';
import { display } from '../display.ts';
import { pathOfService, type Finding, type Path } from '../finding.ts';

/** Slipway does not change a role that belongs to someone else. */
export function* existingRolesHaveNoPermissions({ services }: Config): Iterable<Finding> {
  for (const service of services) {
    const others = (['permissions', 'managedPolicies'] as const).filter((field) => service[field].length > 0);
    if (service.taskRole === undefined || others.length === 0) continue;
    yield {
      path: pathOfService(service, 'taskRole'),
      fix: `Remove taskRole or ${others.join(' and ')}: Slipway does not change an existing role.`,
      basedOn: others.map((field) => pathOfService(service, field)),
    };
  }
}

/** The number of policies per role that IAM attaches. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_POLICIES = 10;

export function* managedPoliciesAreWithinQuota({ services, region }: Config): Iterable<Finding> {
  if (!findPartition(region)) return;
  for (const service of services) {
    const path = pathOfService(service, 'managedPolicies');
    const arns = service.managedPolicies.map((policy) => arnOfManagedPolicy(policy, region));
    const repeated = service.managedPolicies.find((_, index) => arns.indexOf(arns[index] ?? '') !== index);
    if (repeated !== undefined)
      yield { path, value: `${display(repeated)} twice`, fix: 'Name every policy once.' };
    else if (arns.length > MAX_POLICIES)
      yield {
        path,
        value: `${arns.length} policies`,
        fix: `Name at most ${MAX_POLICIES}: IAM attaches no more to a role. Use permissions for the others.`,
      };
  }
}

export function* policiesAreSmallEnough({ services }: Config): Iterable<Finding> {
  for (const service of services) {
    const size = taskPolicySize(service);
    if (size > MAX_POLICY_SIZE)
      yield {
        path: pathOfService(service, 'permissions'),
        value: `a policy of ${size} characters`,
        fix: `Remove ${size - MAX_POLICY_SIZE} characters: IAM accepts at most ${MAX_POLICY_SIZE}. Use wildcards, or put some permissions into a policy of your own and name it in managedPolicies.`,
      };
  }
}

/** No partition of AWS knows the resources of another. */
export function* permissionsAreInPartition(config: Config): Iterable<Finding> {
  const partition = findPartition(config.region)?.id;
  if (partition === undefined) return;
  for (const { path, arn } of arnsIn(config)) {
    const [, other = '*'] = /^arn:([^:]+):/.exec(arn) ?? [];
    if (other !== '*' && other !== partition)
      yield {
        path,
        value: display(arn),
        fix: `Use an ARN in the partition ${partition}, which contains ${config.region}: ${arn.replace(/^arn:[^:]+/, `arn:${partition}`)}.`,
        basedOn: [['region']],
      };
  }
}

/** Lists the ARNs of roles, policies and resources. */
function* arnsIn({ services, permissionsBoundary }: Config): Iterable<{ path: Path; arn: string }> {
  if (permissionsBoundary !== undefined) yield { path: ['permissionsBoundary'], arn: permissionsBoundary };
  for (const service of services) {
    for (const field of ['taskRole', 'executionRole'] as const)
      if (service[field] !== undefined) yield { path: pathOfService(service, field), arn: service[field] };
    for (const [index, arn] of service.managedPolicies.entries())
      yield { path: [...pathOfService(service, 'managedPolicies'), index], arn };
    for (const [index, { resources }] of service.permissions.entries())
      for (const [position, arn] of resources.entries())
        yield { path: [...pathOfService(service, 'permissions'), index, 'resources', position], arn };
  }
}
