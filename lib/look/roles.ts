/** Finds our roles by their names, and reads their policies. */
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import { isAccessDenied } from '../aws/errors.ts';
import { allPages } from '../aws/pages.ts';
import { FLOW_LOGS, type RoleKey } from '../derive/names.ts';
import { policyText } from '../derive/policies.ts';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { readTags, type Tags } from '../derive/tags.ts';
import { taskRoleKeys } from '../derive/task-permissions.ts';
import { ifFound } from './if-found.ts';
import { recordedResources } from './recorded.ts';
import type { LookContext } from './context.ts';

/** The keys of the roles that services share, and of the flow log's role. */
const SHARED_ROLES = ['execution', 'task', 'infrastructure', FLOW_LOGS] as const satisfies readonly RoleKey[];

export interface FoundRole extends Readonly<Ids['roles']> {
  /** Normalised JSON, like the inline policies, so that equal policies are equal strings. */
  readonly trustPolicy: string;
  readonly inlinePolicies: Readonly<Record<string, string>>;
  /** ARNs of managed policies. */
  readonly attachedPolicies: readonly string[];
  /** The ARN of the policy that limits the role. */
  readonly permissionsBoundary?: string | undefined;
  /** The time of creation, which is shown for a resource of another owner. */
  readonly createdAt?: Date | undefined;
  readonly tags: Tags;
}

/**
 * Finds the roles by name: role names are unique in an account, even across paths. The names of the roles of services that are
 * no longer configured come from the state, and from a list of the roles under the stack's path.
 */
export async function lookRoles(context: LookContext): Promise<Items<FoundRole>> {
  const keys = new Set<string>([
    ...SHARED_ROLES,
    ...taskRoleKeys(context.config),
    ...recordedResources(context, 'roles').keys(),
  ]);
  const lookAt = async (key: string) =>
    [key, await lookRole(context, context.names.role(key as RoleKey), key)] as const;
  const [listed, found] = await Promise.all([listedKeys(context), Promise.all([...keys].map(lookAt))]);
  const others = await Promise.all(listed.filter((key) => !keys.has(key)).map(lookAt));
  return new Map([...found, ...others].flatMap(([key, role]) => (role ? [[key, role] as const] : [])));
}

/**
 * Lists the keys of the roles under the path of the stack. A caller who may not list roles finds only roles that are known
 * otherwise.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
 */
async function listedKeys({ aws, names }: LookContext): Promise<string[]> {
  const prefix = names.role('task-');
  try {
    const roles = await allPages(async (Marker) => {
      const page = await aws.iam(new ListRolesCommand({ PathPrefix: names.rolePath, Marker }));
      return { items: page.Roles ?? [], next: page.Marker };
    });
    return roles.flatMap(({ RoleName = '' }) =>
      RoleName.startsWith(prefix) ? [`task-${RoleName.slice(prefix.length)}`] : [],
    );
  } catch (error) {
    if (isAccessDenied(error)) return [];
    throw error;
  }
}

/** Decodes a policy document, which IAM returns percent-encoded. */
const decodedPolicy = (encoded: string | undefined): string =>
  policyText(parse(decodeURIComponent(encoded ?? '')));
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/**
 * The policies of a recorded role are fetched at the same time as the role. Those of any other role are fetched once the role
 * is known to exist.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
 */
async function lookRole(context: LookContext, RoleName: string, key: string): Promise<FoundRole | undefined> {
  const { aws } = context;
  const fetched = ifFound(() => aws.iam(new GetRoleCommand({ RoleName })));
  if (!recordedResources(context, 'roles').has(key) && (await fetched) === undefined) return undefined;
  const [role, attachedPolicies, inlinePolicies] = await Promise.all([
    fetched,
    ifFound(() => attachedPoliciesOf(aws, RoleName)),
    ifFound(() => inlinePoliciesOf(aws, RoleName)),
  ]);
  if (!role?.Role || !attachedPolicies || !inlinePolicies) return undefined;
  return {
    roleName: RoleName,
    roleArn: role.Role.Arn ?? '',
    trustPolicy: decodedPolicy(role.Role.AssumeRolePolicyDocument),
    inlinePolicies,
    attachedPolicies,
    permissionsBoundary: role.Role.PermissionsBoundary?.PermissionsBoundaryArn,
    createdAt: role.Role.CreateDate,
    tags: readTags(role.Role.Tags),
  };
}

const attachedPoliciesOf = (aws: LookContext['aws'], RoleName: string): Promise<string[]> =>
  allPages(async (Marker) => {
    const page = await aws.iam(new ListAttachedRolePoliciesCommand({ RoleName, Marker }));
    return { items: (page.AttachedPolicies ?? []).map(({ PolicyArn = '' }) => PolicyArn), next: page.Marker };
  });

async function inlinePoliciesOf(aws: LookContext['aws'], RoleName: string): Promise<Record<string, string>> {
  const names = await allPages(async (Marker) => {
    const page = await aws.iam(new ListRolePoliciesCommand({ RoleName, Marker }));
    return { items: page.PolicyNames ?? [], next: page.Marker };
  });
  const policies = await Promise.all(
    names.map(async (PolicyName) => {
      const policy = await ifFound(() => aws.iam(new GetRolePolicyCommand({ RoleName, PolicyName })));
      return policy ? [[PolicyName, decodedPolicy(policy.PolicyDocument)] as const] : [];
    }),
  );
  return Object.fromEntries(policies.flat());
}
