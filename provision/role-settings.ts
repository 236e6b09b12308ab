/** The roles of a stack as they should be: who may assume them, their policies, and the limit of what these allow. Pure. */
import { shiftsTraffic, type Service } from '../lib/config/config.ts';
import { FLOW_LOGS, type RoleKey } from '../lib/derive/names.ts';
import {
  executionPolicy,
  flowLogsPolicy,
  flowLogsTrustPolicy,
  infrastructurePolicy,
  infrastructureTrustPolicy,
  policyText,
  trustPolicy,
  type Policy,
} from '../lib/derive/policies.ts';
import { desiredTags, type TagField } from '../lib/derive/tags.ts';
import {
  managedPolicyArns,
  serviceOfRole,
  taskPolicy,
  taskRoleKeys,
  withoutExecutionRoles,
} from '../lib/derive/task-permissions.ts';
import type { Desired } from '../lib/look/context.ts';
import type { Survey } from '../lib/look/found.ts';
import type { FoundRole } from '../lib/look/roles.ts';
import { resolvedIn } from '../lib/look/secrets.ts';
import type { DesiredFields, ObservedFields } from '../lib/model/change.ts';

export type RoleField =
  'trust policy' | 'inline policies' | 'managed policies' | 'permissions boundary' | TagField;

/** The name of a role's inline policy. */
const POLICY_NAME = 'slipway';

/** The region and the account of the roles. */
export const roleLocation = ({ config, account }: Desired) => ({ region: config.region, account });

/** Returns the service whose programs have a role. */
const serviceWithRole = ({ config }: Desired, key: string): Service | undefined =>
  config.services.find(({ name }) => name === serviceOfRole(key));

function policyOf(desired: Desired, found: Pick<Survey, 'secrets'>, key: string): Policy | undefined {
  const { config, names } = desired;
  if (key === 'execution') {
    const secrets = resolvedIn(found.secrets);
    return executionPolicy(withoutExecutionRoles(config), names, roleLocation(desired), secrets);
  }
  if (key === 'infrastructure') return infrastructurePolicy(config, names, roleLocation(desired));
  if (key === FLOW_LOGS) return flowLogsPolicy(names, roleLocation(desired));
  const service = serviceWithRole(desired, key);
  return service && taskPolicy(service);
}

/** Returns the inline policies of a role, keyed by name. */
export function inlinePoliciesFor(
  desired: Desired,
  found: Pick<Survey, 'secrets'>,
  key: string,
): Record<string, string> {
  const policy = policyOf(desired, found, key);
  return policy ? { [POLICY_NAME]: policyText(policy) } : {};
}

/** Returns the ARNs of the managed policies of a role. */
export function managedPoliciesFor(desired: Desired, key: string): string[] {
  const service = serviceWithRole(desired, key);
  return service ? managedPolicyArns(service, desired.config.region) : [];
}

export function trustPolicyFor(desired: Desired, key: string): string {
  if (key === 'infrastructure') return policyText(infrastructureTrustPolicy);
  const location = roleLocation(desired);
  return policyText(key === FLOW_LOGS ? flowLogsTrustPolicy(location) : trustPolicy(location));
}

/** The keys of the roles that a stack needs: only services that shift requests need the infrastructure role. */
const rolesFor = ({ config }: Desired): RoleKey[] => [
  ...taskRoleKeys(config),
  ...(config.services.some(shiftsTraffic) ? (['infrastructure'] as const) : []),
  ...(config.flowLogs ? ([FLOW_LOGS] as const) : []),
];

const inlineField = (policies: Readonly<Record<string, string>>): string =>
  Object.entries(policies)
    .map(([name, text]) => `${name} ${text}`)
    .sort()
    .join('; ');

const managedField = (arns: readonly string[]): string => [...arns].sort().join(', ');

export const desiredRoles = (desired: Desired, found: Survey): Map<string, DesiredFields<RoleField>> =>
  new Map(
    rolesFor(desired).map((key) => [
      key,
      {
        'trust policy': trustPolicyFor(desired, key),
        'inline policies': inlineField(inlinePoliciesFor(desired, found, key)),
        'managed policies': managedField(managedPoliciesFor(desired, key)),
        'permissions boundary': desired.config.permissionsBoundary ?? '',
        ...desiredTags(desired, 'roles', key),
      },
    ]),
  );

/** Returns the fields of a role, except for its tags. */
export const roleFields = (role: FoundRole): ObservedFields<RoleField> => ({
  'trust policy': role.trustPolicy,
  'inline policies': inlineField(role.inlinePolicies),
  'managed policies': managedField(role.attachedPolicies),
  'permissions boundary': role.permissionsBoundary ?? '',
});
