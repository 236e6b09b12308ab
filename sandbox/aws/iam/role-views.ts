/** Roles as IAM's responses show them. */
import type { Role } from '@aws-sdk/client-iam';
import type { Region } from '../../world/region.ts';
import { urlEncode } from './checks.ts';
import type { RoleRow } from './store.ts';
import { trustPolicyText } from './trust-policies.ts';

/** Returns a role as lists show it: without its tags and boundary, which only calls for a single role return. */
export const viewOfRole = (region: Region, { Tags: _tags, ...role }: RoleRow): Role => ({
  ...role,
  AssumeRolePolicyDocument: urlEncode(trustPolicyText(region, role)),
});

/** Returns a role as calls for a single role show it, with its tags and boundary. */
export const fullViewOfRole = (region: Region, role: RoleRow): Role => ({
  ...viewOfRole(region, role),
  PermissionsBoundary: role.boundary === undefined ? undefined : boundaryOf(role.boundary),
  Tags: role.Tags.length > 0 ? role.Tags : undefined,
});

// IAM returns `Policy`, although the enumeration in its model has only `PermissionsBoundaryPolicy`.
const boundaryOf = (PermissionsBoundaryArn: string) => ({
  PermissionsBoundaryType: 'Policy' as 'PermissionsBoundaryPolicy',
  PermissionsBoundaryArn,
});
