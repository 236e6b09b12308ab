/** The permissions boundaries of roles: set, replaced and removed. */
import type * as IAM from '@aws-sdk/client-iam';
import type { Operations } from '../../operations.ts';
import { noSuchEntity } from './errors.ts';
import { checkBoundary } from './policy-lookup.ts';
import { modifiableRoleOf } from './roles.ts';

export const permissionsBoundaryOperations = {
  PutRolePermissionsBoundary: {
    inputMembers: ['RoleName', 'PermissionsBoundary'],
    run(input, region) {
      const role = modifiableRoleOf(region, input.RoleName);
      role.boundary = checkBoundary(region, input.PermissionsBoundary ?? '');
      return {};
    },
  },

  DeleteRolePermissionsBoundary: {
    inputMembers: ['RoleName'],
    run(input, region) {
      const role = modifiableRoleOf(region, input.RoleName);
      if (role.boundary === undefined) {
        throw noSuchEntity(`The role ${role.RoleName} does not have a permissions boundary.`);
      }
      role.boundary = undefined;
      return {};
    },
  },
} satisfies Operations<typeof IAM>;
