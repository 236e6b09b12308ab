/** Roles: unique by name regardless of case, each with its own id. A role cannot be deleted while it has policies. */
import type * as IAM from '@aws-sdk/client-iam';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { checkPath, checkRoleName, page } from './checks.ts';
import { deleteConflict, roleExists, unmodifiable } from './errors.ts';
import { checkBoundary } from './policy-lookup.ts';
import { viewOfRole, fullViewOfRole } from './role-views.ts';
import { SERVICE_PATH, type RoleRow } from './store.ts';
import { iamTagging } from './tags.ts';
import { checkTrustPolicy } from './trust-policies.ts';
import { uniqueId } from './unique-ids.ts';

const DEFAULT_SESSION_DURATION_S = 3600;

/** Returns the role that a call changes. @throws ValidationError, NoSuchEntity, UnmodifiableEntity for a service-linked role */
export function modifiableRoleOf(region: Region, name: string | undefined): RoleRow {
  const role = rowOf(region.iam.roles, name);
  if (role.Path.startsWith(SERVICE_PATH)) throw unmodifiable(role.RoleName);
  return role;
}

/** Adds a role. A role that is created again under the same name has a new id and is a different principal. */
export function addRole(
  region: Region,
  given: Pick<
    RoleRow,
    | 'Path'
    | 'RoleName'
    | 'AssumeRolePolicyDocument'
    | 'principalIds'
    | 'Description'
    | 'MaxSessionDuration'
    | 'Tags'
    | 'boundary'
  >,
): RoleRow {
  const { Path, RoleName } = given;
  return region.iam.roles.set(RoleName.toLowerCase(), {
    ...given,
    RoleId: uniqueId(region, 'AROA'),
    Arn: region.iamArn(`role${Path}${RoleName}`),
    CreateDate: region.now(),
    inlinePolicies: {},
    attachedPolicies: [],
  });
}

export const roleOperations = {
  CreateRole: {
    inputMembers: [
      'Path',
      'RoleName',
      'AssumeRolePolicyDocument',
      'Description',
      'MaxSessionDuration',
      'PermissionsBoundary',
      'Tags',
    ],
    run(input, region) {
      const given = {
        Path: checkPath(input.Path),
        RoleName: checkRoleName(input.RoleName),
        Description: input.Description,
        MaxSessionDuration: input.MaxSessionDuration ?? DEFAULT_SESSION_DURATION_S,
        Tags: iamTagging.merged([], input.Tags),
      };
      if (region.iam.roles.has(given.RoleName.toLowerCase())) throw roleExists(given.RoleName);
      const trust = checkTrustPolicy(input.AssumeRolePolicyDocument, region);
      const { PermissionsBoundary } = input;
      const boundary =
        PermissionsBoundary === undefined ? undefined : checkBoundary(region, PermissionsBoundary);
      return { Role: fullViewOfRole(region, addRole(region, { ...given, ...trust, boundary })) };
    },
  },

  GetRole: {
    inputMembers: ['RoleName'],
    run(input, region) {
      const role = rowOf(region.iam.roles, input.RoleName);
      return { Role: { ...fullViewOfRole(region, role), RoleLastUsed: role.lastUsed ?? {} } };
    },
  },

  ListRoles: {
    inputMembers: ['PathPrefix', 'MaxItems', 'Marker'],
    run(input, region) {
      const { PathPrefix: prefix = '/' } = input;
      const found = region.iam.roles
        .filter(({ Path }) => Path.startsWith(prefix))
        .sort((a, b) => (a.RoleName < b.RoleName ? -1 : 1));
      const { rows, ...rest } = page(found, input);
      return { Roles: rows.map((role) => viewOfRole(region, role)), ...rest };
    },
  },

  /** Omitted members remain unchanged. */
  UpdateRole: {
    inputMembers: ['RoleName', 'Description', 'MaxSessionDuration'],
    run(input, region) {
      const role = modifiableRoleOf(region, input.RoleName);
      const { Description = role.Description, MaxSessionDuration = role.MaxSessionDuration } = input;
      Object.assign(role, { Description, MaxSessionDuration });
      return {};
    },
  },

  UpdateRoleDescription: {
    inputMembers: ['RoleName', 'Description'],
    run(input, region) {
      const role = rowOf(region.iam.roles, input.RoleName);
      role.Description = input.Description;
      return { Role: fullViewOfRole(region, role) };
    },
  },

  UpdateAssumeRolePolicy: {
    inputMembers: ['RoleName', 'PolicyDocument'],
    run(input, region) {
      const role = modifiableRoleOf(region, input.RoleName);
      Object.assign(role, checkTrustPolicy(input.PolicyDocument, region));
      return {};
    },
  },

  /** Attached and inline policies must be removed first. */
  DeleteRole: {
    inputMembers: ['RoleName'],
    run(input, region) {
      const role = modifiableRoleOf(region, input.RoleName);
      if (role.attachedPolicies.length > 0)
        throw deleteConflict('Cannot delete entity, must detach all policies first.');
      if (Object.keys(role.inlinePolicies).length > 0) {
        throw deleteConflict('Cannot delete entity, must delete policies first.');
      }
      region.iam.roles.delete(role.RoleName.toLowerCase());
      return {};
    },
  },

  /** The sandbox has no EC2 instances, so no role is in an instance profile. */
  ListInstanceProfilesForRole: {
    inputMembers: ['RoleName', 'MaxItems', 'Marker'],
    run(input, region) {
      rowOf(region.iam.roles, input.RoleName);
      return { InstanceProfiles: [], IsTruncated: false };
    },
  },
} satisfies Operations<typeof IAM>;
