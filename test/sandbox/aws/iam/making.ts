/** Roles, trust policies and permission policies for tests. */
import { CreateRoleCommand, type CreateRoleCommandInput, type IAMClient } from '@aws-sdk/client-iam';

/** Returns a policy that trusts ECS tasks, with the given changes to its statement. */
export const trustPolicy = (statement: object = {}): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'ecs-tasks.amazonaws.com' },
        Action: 'sts:AssumeRole',
        ...statement,
      },
    ],
  });

export const makeRole = (iam: IAMClient, RoleName = 'task', rest: Partial<CreateRoleCommandInput> = {}) =>
  iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustPolicy(), ...rest }));

/** Returns a policy that allows writing logs, with the given changes to its statement. */
export const permissions = (statement: object = {}): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['logs:PutLogEvents'], Resource: '*', ...statement }],
  });
