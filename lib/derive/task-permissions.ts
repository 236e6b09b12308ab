/** The permissions of the programs of each service, and the roles that have them. Pure. */
import type { Config, Service } from '../config/config.ts';
import { partitionOf } from './partitions.ts';
import type { RoleKey } from './names.ts';
import { policyText, type Policy } from './policies.ts';

/** The maximum total size of the inline policies of a role, in characters other than white space. */
export const MAX_POLICY_SIZE = 10_240;

/** Returns the size of a policy in characters, as IAM counts them. */
export const policySize = (text: string): number => text.replace(/\s/g, '').length;

/** Whether a service has its own task role, because its programs may do something. */
export const hasOwnTaskRole = ({ permissions, managedPolicies, taskRole, exec }: Service): boolean =>
  taskRole === undefined && (exec === true || permissions.length + managedPolicies.length > 0);

/** Returns the key of the task role of a service. Services whose programs may do nothing share a role. */
export const taskRoleKey = (service: Service): RoleKey =>
  hasOwnTaskRole(service) ? `task-${service.name}` : 'task';

/** Returns the service that a task role belongs to; undefined for a role that services share. */
export const serviceOfRole = (key: string): string | undefined => /^task-(.+)$/.exec(key)?.[1];

/** Returns the keys of the roles with which ECS starts tasks and programs run, for the services that lack existing roles. */
export const taskRoleKeys = ({ services }: Config): RoleKey[] => [
  ...(services.some(({ executionRole }) => executionRole === undefined) ? (['execution'] as const) : []),
  ...new Set(services.filter(({ taskRole }) => taskRole === undefined).map(taskRoleKey)),
];

/** Returns the inline policy of the task role of a service; undefined if the service needs no permissions. */
export const taskPolicy = ({ permissions, exec }: Service): Policy | undefined =>
  permissions.length === 0 && exec !== true
    ? undefined
    : {
        Version: '2012-10-17',
        Statement: [
          ...permissions.map(({ actions, resources }) => ({
            Effect: 'Allow' as const,
            Action: actions,
            Resource: resources,
          })),
          ...(exec === true
            ? [{ Sid: 'Exec', Effect: 'Allow' as const, Action: EXEC_ACTIONS, Resource: '*' }]
            : []),
        ],
      };

/**
 * What the agent of ECS Exec does with the task role. The actions have no resource-level permissions.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
 */
const EXEC_ACTIONS = [
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
];

/** Returns the size of the inline policy of the task role of a service, in characters. */
export const taskPolicySize = (service: Service): number => {
  const policy = taskPolicy(service);
  return policy === undefined ? 0 : policySize(policyText(policy));
};

/**
 * Returns the ARN of a managed policy.
 * @param policy its ARN, or the name of a policy that AWS manages, after its path
 */
export const arnOfManagedPolicy = (policy: string, region: string): string =>
  policy.startsWith('arn:') ? policy : `arn:${partitionOf(region).id}:iam::aws:policy/${policy}`;

/** Returns the ARNs of the policies that are attached to the task role of a service. */
export const managedPolicyArns = ({ managedPolicies }: Service, region: string): string[] => [
  ...new Set(managedPolicies.map((policy) => arnOfManagedPolicy(policy, region))),
];

/** Returns the configuration without the services whose tasks start with an existing role. */
export const withoutExecutionRoles = (config: Config): Config => ({
  ...config,
  services: config.services.filter(({ executionRole }) => executionRole === undefined),
});

/** The ARNs of the roles that belong to someone else, each once. */
export const existingRolesIn = ({ services }: Config): string[] => [
  ...new Set(services.flatMap(({ taskRole, executionRole }) => [taskRole ?? [], executionRole ?? []].flat())),
];

/** The ARNs of the managed policies and of the boundary, each once. */
export const policiesIn = ({ services, permissionsBoundary, region }: Config): string[] => [
  ...new Set([
    ...services.flatMap((service) => managedPolicyArns(service, region)),
    ...(permissionsBoundary === undefined ? [] : [permissionsBoundary]),
  ]),
];

/** Whether the configuration names roles or policies of others. */
export const namesIdentities = (config: Config): boolean =>
  existingRolesIn(config).length + policiesIn(config).length > 0;
