/** For convergence tests: manual changes to the roles, and the drift that they cause. */
import * as iam from '@aws-sdk/client-iam';
import type { ManualChange } from './manual-changes.ts';

export const manualRoleChanges: readonly ManualChange[] = [
  {
    noun: 'roles',
    what: 'its policy was deleted',
    drift: ['update roles.execution'],
    async apply(aws, id) {
      const RoleName = id('roles.execution', 'roleName');
      const { PolicyNames = [] } = await aws.iam.send(new iam.ListRolePoliciesCommand({ RoleName }));
      for (const PolicyName of PolicyNames) {
        await aws.iam.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName }));
      }
    },
  },
  {
    noun: 'roles',
    what: 'a managed policy was attached',
    drift: ['update roles.task'],
    apply: (aws, id) =>
      aws.iam.send(
        new iam.AttachRolePolicyCommand({
          RoleName: id('roles.task', 'roleName'),
          PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
        }),
      ),
  },
  {
    noun: 'roles',
    what: 'its permissions boundary was set',
    drift: ['update roles.execution'],
    apply: (aws, id) =>
      aws.iam.send(
        new iam.PutRolePermissionsBoundaryCommand({
          RoleName: id('roles.execution', 'roleName'),
          PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
        }),
      ),
  },
];
