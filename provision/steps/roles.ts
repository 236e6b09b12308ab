/** The roles: for ECS to start tasks, for programs without permissions and of one service, for shifting requests, and for flow logs. */
import { CreateRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { retagRole } from '../../lib/aws/retag.ts';
import { roleArn } from '../../lib/derive/arns.ts';
import type { RoleKey } from '../../lib/derive/names.ts';
import { foreignOwner } from '../../lib/derive/ownership.ts';
import { tagFields, toPascalCaseTags } from '../../lib/derive/tags.ts';
import { serviceOfRole } from '../../lib/derive/task-permissions.ts';
import { adoptByName } from '../../lib/engine/adopt-by-name.ts';
import type { Step } from '../../lib/engine/step.ts';
import { compare, touches } from '../../lib/model/change.ts';
import {
  attachPolicies,
  deleteBoundary,
  detachPolicies,
  narrowInlinePolicies,
  putBoundary,
  putInlinePolicies,
} from '../role-policies.ts';
import { desiredRoles, roleFields, roleLocation, trustPolicyFor, type RoleField } from '../role-settings.ts';

const descriptionOf = (key: string, stack: string): string => {
  const service = serviceOfRole(key);
  return service === undefined ? `The ${key} role of ${stack}` : `The task role of ${service} in ${stack}`;
};

export const roles: Step<'roles', RoleField> = {
  diff: (desired, found) =>
    compare({
      noun: 'roles',
      desired: desiredRoles(desired, found),
      found: found.roles,
      fieldsOf: (role) => ({ ...roleFields(role), ...tagFields(role.tags) }),
      whyForeign: ({ tags, createdAt }) => foreignOwner(tags, desired.names.stack, createdAt),
    }),

  /** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
  async create(context) {
    const { change, config, names, tags } = context;
    const RoleName = names.role(change.key as RoleKey);
    try {
      const { Role } = await context.aws.iam(
        new CreateRoleCommand({
          RoleName,
          Path: names.rolePath,
          AssumeRolePolicyDocument: trustPolicyFor(context, change.key),
          Description: descriptionOf(change.key, names.stack),
          PermissionsBoundary: config.permissionsBoundary,
          Tags: toPascalCaseTags(tags),
        }),
      );
      const computedArn = roleArn(roleLocation(context), names.rolePath, RoleName);
      return { roleName: RoleName, roleArn: Role?.Arn ?? computedArn };
    } catch (error) {
      const ours = await adoptByName(context, error, 'EntityAlreadyExists', `the name ${RoleName}`);
      return { roleName: RoleName, roleArn: ours.roleArn };
    }
  },

  async configure(context, { roleName }) {
    await putBoundary(context, roleName);
    await putInlinePolicies(context, roleName);
    await attachPolicies(context, roleName);
  },

  async update(context, { roleName: RoleName }) {
    const { aws, change } = context;
    if (touches(change, 'trust policy')) {
      const PolicyDocument = trustPolicyFor(context, change.key);
      await aws.iam(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    }
    if (serviceOfRole(change.key) === undefined) await detachPolicies(context, RoleName);
    await deleteBoundary(context, RoleName);
    await retagRole(context, RoleName);
  },

  /** Takes former permissions away, once no deployment can return to a version that needs them. */
  async cleanUp(context) {
    const { change, existing } = context;
    if (existing === undefined) return;
    await narrowInlinePolicies(context, existing.roleName);
    if (serviceOfRole(change.key) !== undefined) await detachPolicies(context, existing.roleName);
  },
};
