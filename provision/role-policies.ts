/** The calls that give policies to a role and take them away. Programs keep what they may do until a deployment is over. */
import {
  AttachRolePolicyCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { withFormerPermissions } from '../lib/derive/former-permissions.ts';
import { withFormerSecrets } from '../lib/derive/former-secrets.ts';
import { serviceOfRole } from '../lib/derive/task-permissions.ts';
import { ignoringNotFound } from '../lib/engine/delete.ts';
import type { ApplyContext } from '../lib/engine/step.ts';
import { touches } from '../lib/model/change.ts';
import { inlinePoliciesFor, managedPoliciesFor, type RoleField } from './role-settings.ts';

type Context = ApplyContext<'roles', RoleField>;

/** The maximum number of managed policies per role. */
const MAX_ATTACHED = 10;

/** Returns an inline policy for the time of a deployment, with what the tasks of the version before still need. */
const duringDeployment = (key: string, desired: string, current: string | undefined): string =>
  serviceOfRole(key) === undefined
    ? withFormerSecrets(desired, current)
    : withFormerPermissions(desired, current);

/** Writes the inline policies, and deletes those that no version needs. */
export async function putInlinePolicies(context: Context, RoleName: string): Promise<void> {
  const { aws, change, existing, found } = context;
  if (!touches(change, 'inline policies')) return;
  const policies = inlinePoliciesFor(context, found, change.key);
  const former = existing?.inlinePolicies ?? {};
  for (const [PolicyName, desired] of Object.entries(policies)) {
    const PolicyDocument = duringDeployment(change.key, desired, former[PolicyName]);
    await aws.iam(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  }
  if (serviceOfRole(change.key) === undefined) await deleteInlinePolicies(context, RoleName);
}

/** Takes away the inline permissions that only the version before needed. */
export async function narrowInlinePolicies(context: Context, RoleName: string): Promise<void> {
  const { aws, change, existing, found } = context;
  if (existing === undefined || !touches(change, 'inline policies')) return;
  for (const [PolicyName, PolicyDocument] of Object.entries(inlinePoliciesFor(context, found, change.key))) {
    const former = existing.inlinePolicies[PolicyName];
    if (duringDeployment(change.key, PolicyDocument, former) === PolicyDocument) continue;
    await aws.iam(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  }
  if (serviceOfRole(change.key) !== undefined) await deleteInlinePolicies(context, RoleName);
}

/** Deletes the undesired inline policies of a role. */
async function deleteInlinePolicies(context: Context, RoleName: string): Promise<void> {
  const { aws, change, existing, found } = context;
  const desired = inlinePoliciesFor(context, found, change.key);
  for (const PolicyName of Object.keys(existing?.inlinePolicies ?? {})) {
    if (PolicyName in desired) continue;
    await ignoringNotFound(() => aws.iam(new DeleteRolePolicyCommand({ RoleName, PolicyName })));
  }
}

/**
 * Attaches the managed policies that a role lacks. If the role cannot have these besides the undesired ones, the undesired ones
 * are detached first.
 */
export async function attachPolicies(context: Context, RoleName: string): Promise<void> {
  const { aws, change, existing } = context;
  if (!touches(change, 'managed policies')) return;
  const attached = existing?.attachedPolicies ?? [];
  const missing = managedPoliciesFor(context, change.key).filter((arn) => !attached.includes(arn));
  if (missing.length + attached.length > MAX_ATTACHED) await detachPolicies(context, RoleName);
  for (const PolicyArn of missing) await aws.iam(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
}

/** Detaches the managed policies that a role should not have. */
export async function detachPolicies(context: Context, RoleName: string): Promise<void> {
  const { aws, change, existing } = context;
  if (!touches(change, 'managed policies')) return;
  const desired = managedPoliciesFor(context, change.key);
  for (const PolicyArn of existing?.attachedPolicies ?? []) {
    if (desired.includes(PolicyArn)) continue;
    await ignoringNotFound(() => aws.iam(new DetachRolePolicyCommand({ RoleName, PolicyArn })));
  }
}

/** Sets the permissions boundary of a role that exists. It comes first, since the caller may need it for the policies. */
export async function putBoundary({ aws, change, config, existing }: Context, RoleName: string) {
  const PermissionsBoundary = config.permissionsBoundary;
  if (existing === undefined || PermissionsBoundary === undefined) return;
  if (touches(change, 'permissions boundary'))
    await aws.iam(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
}

/** Removes the permissions boundary of a role, if the configuration has none. */
export async function deleteBoundary({ aws, change, config, existing }: Context, RoleName: string) {
  if (config.permissionsBoundary !== undefined || existing?.permissionsBoundary === undefined) return;
  if (touches(change, 'permissions boundary'))
    await ignoringNotFound(() => aws.iam(new DeleteRolePermissionsBoundaryCommand({ RoleName })));
}
