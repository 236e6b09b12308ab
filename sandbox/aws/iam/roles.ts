/** Roles: unique by name regardless of case, each with its own id. A role cannot be deleted while it has policies. */
import type * as IAM from '@aws-sdk/client-iam';
import type { Role } from '@aws-sdk/client-iam';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { checkPath, checkRoleName, urlEncode, page } from './checks.ts';
import { deleteConflict, roleExists, unmodifiable } from './errors.ts';
import { checkTrustPolicy } from './policy-documents.ts';
import { SERVICE_PATH, type RoleRow } from './store.ts';
import { roleTagging } from './tags.ts';

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
    'Path' | 'RoleName' | 'AssumeRolePolicyDocument' | 'Description' | 'MaxSessionDuration' | 'Tags'
  >,
): RoleRow {
  const { Path, RoleName } = given;
  return region.iam.roles.set(RoleName.toLowerCase(), {
    ...given,
    RoleId: uniqueId(region),
    Arn: region.iamArn(`role${Path}${RoleName}`),
    CreateDate: region.now(),
    inlinePolicies: {},
    attachedPolicies: [],
  });
}

/** Returns a new id in the form of IAM's role ids: `AROA` and 17 characters of base 32. */
function uniqueId(region: Region): string {
  const letters: Record<string, string> = { 0: 'G', 1: 'H', 8: 'I', 9: 'J' };
  const [, digits = ''] = region.id('AROA').split('-');
  return `AROA${digits.replace(/[0189]/g, (digit) => letters[digit] ?? digit).toUpperCase()}`;
}

/** Returns a role as lists show it, without its tags. The tags require a separate call. */
const viewOf = ({ Tags: _tags, ...role }: RoleRow): Role => ({
  ...role,
  AssumeRolePolicyDocument: urlEncode(role.AssumeRolePolicyDocument),
});

/** Returns a role as calls for a single role show it, with its tags. */
export const viewWithTags = (role: RoleRow): Role => ({
  ...viewOf(role),
  Tags: role.Tags.length > 0 ? role.Tags : undefined,
});

export const roleOperations = {
  CreateRole: {
    inputMembers: [
      'Path',
      'RoleName',
      'AssumeRolePolicyDocument',
      'Description',
      'MaxSessionDuration',
      'Tags',
    ],
    run(input, region) {
      const given = {
        Path: checkPath(input.Path),
        RoleName: checkRoleName(input.RoleName),
        Description: input.Description,
        MaxSessionDuration: input.MaxSessionDuration ?? DEFAULT_SESSION_DURATION_S,
        Tags: roleTagging.merged([], input.Tags),
      };
      if (region.iam.roles.has(given.RoleName.toLowerCase())) throw roleExists(given.RoleName);
      const AssumeRolePolicyDocument = checkTrustPolicy(input.AssumeRolePolicyDocument, region);
      return { Role: viewWithTags(addRole(region, { ...given, AssumeRolePolicyDocument })) };
    },
  },

  GetRole: {
    inputMembers: ['RoleName'],
    // Roles are never assumed in the sandbox, so there is no last use.
    run: (input, region) => ({
      Role: { ...viewWithTags(rowOf(region.iam.roles, input.RoleName)), RoleLastUsed: {} },
    }),
  },

  ListRoles: {
    inputMembers: ['PathPrefix', 'MaxItems', 'Marker'],
    run(input, region) {
      const { PathPrefix: prefix = '/' } = input;
      const found = region.iam.roles
        .filter(({ Path }) => Path.startsWith(prefix))
        .sort((a, b) => (a.RoleName < b.RoleName ? -1 : 1));
      const { rows, ...rest } = page(found, input);
      return { Roles: rows.map(viewOf), ...rest };
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
      return { Role: viewWithTags(role) };
    },
  },

  UpdateAssumeRolePolicy: {
    inputMembers: ['RoleName', 'PolicyDocument'],
    run(input, region) {
      const role = modifiableRoleOf(region, input.RoleName);
      role.AssumeRolePolicyDocument = checkTrustPolicy(input.PolicyDocument, region);
      return {};
    },
  },

  /** Attached and inline policies must be removed first. */
  DeleteRole: {
    inputMembers: ['RoleName'],
    run(input, region) {
      const role = modifiableRoleOf(region, input.RoleName);
      if (role.attachedPolicies.length > 0) throw deleteConflict('detach all policies');
      if (Object.keys(role.inlinePolicies).length > 0) throw deleteConflict('delete policies');
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
