/** Roles: unique by name whatever the case, each with an id of its own, and not gone while they hold policies. */
import type * as IAM from '@aws-sdk/client-iam';
import type { Role } from '@aws-sdk/client-iam';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import {
  checkDescription,
  checkLength,
  checkPath,
  checkRoleName,
  checkSessionDuration,
  encoded,
  listed,
} from './checks.ts';
import { deleteConflict, roleExists, unmodifiable } from './errors.ts';
import { checkTrustPolicy } from './policy-documents.ts';
import { SERVICE_PATH, type RoleRow } from './store.ts';
import { roleTagging } from './tags.ts';

/** The role of that name, to be changed. @throws UnmodifiableEntity for a service's own, besides ValidationError and NoSuchEntity */
export function ownRoleOf(region: Region, name: string | undefined): RoleRow {
  const role = rowOf(region.iam.roles, name);
  if (role.Path.startsWith(SERVICE_PATH)) throw unmodifiable(role.RoleName);
  return role;
}

/** Adds a role. A role that is made again under its old name has another id, and is another principal. */
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
    Arn: `arn:aws:iam::${region.account}:role${Path}${RoleName}`,
    CreateDate: region.now(),
    inlinePolicies: {},
    attachedPolicies: [],
  });
}

/** `AROA` and 17 characters of base 32, as IAM's ids are. */
function uniqueId(region: Region): string {
  const letters: Record<string, string> = { 0: 'G', 1: 'H', 8: 'I', 9: 'J' };
  const [, digits = ''] = region.id('AROA').split('-');
  return `AROA${digits.replace(/[0189]/g, (digit) => letters[digit] ?? digit).toUpperCase()}`;
}

/** A role as lists show it: without its tags, which cost a call of their own. */
const shown = ({ Tags: _tags, ...role }: RoleRow): Role => ({
  ...role,
  AssumeRolePolicyDocument: encoded(role.AssumeRolePolicyDocument),
});

/** A role as a call about one role shows it. */
export const shownWhole = (role: RoleRow): Role => ({
  ...shown(role),
  Tags: role.Tags.length > 0 ? role.Tags : undefined,
});

export const roleOperations = {
  CreateRole: {
    takes: ['Path', 'RoleName', 'AssumeRolePolicyDocument', 'Description', 'MaxSessionDuration', 'Tags'],
    run(input, region) {
      const given = {
        Path: checkPath(input.Path),
        RoleName: checkRoleName(input.RoleName),
        Description: checkDescription(input.Description),
        MaxSessionDuration: checkSessionDuration(input.MaxSessionDuration),
        Tags: roleTagging.merged([], input.Tags),
      };
      if (region.iam.roles.has(given.RoleName.toLowerCase())) throw roleExists(given.RoleName);
      const AssumeRolePolicyDocument = checkTrustPolicy(input.AssumeRolePolicyDocument, region);
      return { Role: shownWhole(addRole(region, { ...given, AssumeRolePolicyDocument })) };
    },
  },

  GetRole: {
    takes: ['RoleName'],
    // Nobody ever takes a role here, so there is nothing to say of when it was last used.
    run: (input, region) => ({
      Role: { ...shownWhole(rowOf(region.iam.roles, input.RoleName)), RoleLastUsed: {} },
    }),
  },

  ListRoles: {
    takes: ['PathPrefix', 'MaxItems', 'Marker'],
    run(input, region) {
      const prefix = checkLength(input.PathPrefix ?? '/', 'pathPrefix', 512, 1);
      const found = region.iam.roles
        .filter(({ Path }) => Path.startsWith(prefix))
        .sort((a, b) => (a.RoleName < b.RoleName ? -1 : 1));
      const { rows, ...rest } = listed(found, input);
      return { Roles: rows.map(shown), ...rest };
    },
  },

  /** What is left out stays as it is. */
  UpdateRole: {
    takes: ['RoleName', 'Description', 'MaxSessionDuration'],
    run(input, region) {
      const role = ownRoleOf(region, input.RoleName);
      const Description = checkDescription(input.Description) ?? role.Description;
      const MaxSessionDuration = checkSessionDuration(input.MaxSessionDuration ?? role.MaxSessionDuration);
      Object.assign(role, { Description, MaxSessionDuration });
      return {};
    },
  },

  UpdateRoleDescription: {
    takes: ['RoleName', 'Description'],
    run(input, region) {
      const role = rowOf(region.iam.roles, input.RoleName);
      role.Description = checkDescription(input.Description);
      return { Role: shownWhole(role) };
    },
  },

  UpdateAssumeRolePolicy: {
    takes: ['RoleName', 'PolicyDocument'],
    run(input, region) {
      const role = ownRoleOf(region, input.RoleName);
      role.AssumeRolePolicyDocument = checkTrustPolicy(input.PolicyDocument, region);
      return {};
    },
  },

  /** Policies must be gone first, attached ones and inline ones. */
  DeleteRole: {
    takes: ['RoleName'],
    run(input, region) {
      const role = ownRoleOf(region, input.RoleName);
      if (role.attachedPolicies.length > 0) throw deleteConflict('detach all policies');
      if (Object.keys(role.inlinePolicies).length > 0) throw deleteConflict('delete policies');
      region.iam.roles.delete(role.RoleName.toLowerCase());
      return {};
    },
  },

  /** The sandbox has no EC2 instances, so no role is in an instance profile. */
  ListInstanceProfilesForRole: {
    takes: ['RoleName', 'MaxItems', 'Marker'],
    run(input, region) {
      rowOf(region.iam.roles, input.RoleName);
      return { InstanceProfiles: [], IsTruncated: false };
    },
  },
} satisfies Operations<typeof IAM>;
