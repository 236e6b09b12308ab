/** The policies of the stack's roles: who may assume the roles, and what the roles may do. Pure. */
import { balancerNameOf } from './shared-balancer.ts';
import {
  balancingArnPattern,
  ecsArnPattern,
  flowLogArnPattern,
  logGroupArn,
  repositoryArn,
  repositoryArnOf,
  type Location,
} from './arns.ts';
import { containersOf, routesOf, shiftsTraffic, type Config } from '../config/config.ts';
import type { Names } from './names.ts';
import { secretStatements, type ResolvedSecrets } from './secrets.ts';
import { ECS_PRINCIPAL, FLOW_LOGS_PRINCIPAL, TASKS_PRINCIPAL } from './partitions.ts';

interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow';
  readonly Principal?: { readonly Service: string };
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** Serialises a policy with sorted keys: equal policies give equal strings, regardless of the order of their keys. */
export const policyText = (policy: unknown): string => JSON.stringify(withSortedKeys(policy));

function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withSortedKeys(inner)]));
}

/** Allows a service of AWS to assume a role, only on behalf of resources of this account that match an ARN pattern. */
const trustFor = (
  {
    Sid,
    service,
    arnPattern,
  }: { readonly Sid: string; readonly service: string; readonly arnPattern: string },
  { account }: Location,
): Policy => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid,
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sts:AssumeRole',
      Condition: {
        ArnLike: { 'aws:SourceArn': arnPattern },
        StringEquals: { 'aws:SourceAccount': account },
      },
    },
  ],
});

/**
 * Allows only ECS tasks of this account to assume the roles.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
export const trustPolicy = (location: Location): Policy =>
  trustFor({ Sid: 'EcsTasks', service: TASKS_PRINCIPAL, arnPattern: ecsArnPattern(location) }, location);

/**
 * Allows only flow logs of this account to assume the role.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
 */
export const flowLogsTrustPolicy = (location: Location): Policy =>
  trustFor(
    { Sid: 'FlowLogs', service: FLOW_LOGS_PRINCIPAL, arnPattern: flowLogArnPattern(location) },
    location,
  );

/** Allows a flow log to write to its log group. It may not create the group, so that a deleted group stays deleted. */
export function flowLogsPolicy(names: Names, location: Location): Policy {
  const group = logGroupArn(location, names.flowLogGroup);
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Write',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        Resource: [group, `${group}:*`],
      },
      { Sid: 'Find', Effect: 'Allow', Action: 'logs:DescribeLogGroups', Resource: '*' },
    ],
  };
}

/**
 * Allows ECS to act on behalf of a task: to sign in to ECR, pull the images, read the secrets, and write to the stack's log group.
 * @param secrets what AWS says about the secrets of the configuration
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export function executionPolicy(
  config: Config,
  names: Names,
  location: Location,
  secrets?: ResolvedSecrets,
): Policy {
  const repositoryArns = containersOf(config).flatMap(({ key, image }) =>
    'source' in image
      ? repositoryArn(location, names.repository(key))
      : (repositoryArnOf(image.reference) ?? []),
  );
  const repositories = [...new Set(repositoryArns)];
  const pull: Statement[] = [
    // GetAuthorizationToken does not support resource-level permissions.
    { Sid: 'SignIn', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    {
      Sid: 'Pull',
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: repositories,
    },
  ];
  return {
    Version: '2012-10-17',
    Statement: [
      ...(repositories.length > 0 ? pull : []),
      {
        Sid: 'Logs',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: `${logGroupArn(location, names.logGroup)}:*`,
      },
      ...secretStatements(config, secrets, location),
    ],
  };
}

/**
 * Allows ECS to assume the infrastructure role. The policy has no condition, because ECS documents none.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
 */
export const infrastructureTrustPolicy: Policy = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Ecs',
      Effect: 'Allow',
      Principal: { Service: ECS_PRINCIPAL },
      Action: 'sts:AssumeRole',
    },
  ],
};

/**
 * Allows ECS to shift the requests of a stack's services: the actions of AWS's managed policy, but only for the load balancer of
 * the stack and for the target groups of these services. The reads support no resource-level permissions. The last four
 * characters of a group's name depend on its port, so that a service can keep its groups when the port changes.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
 */
export function infrastructurePolicy(config: Config, names: Names, location: Location): Policy {
  const keys = routesOf(config)
    .filter(({ service }) => shiftsTraffic(service))
    .map(({ container }) => container.key);
  const elb = (...actions: string[]) => actions.map((action) => `elasticloadbalancing:${action}`);
  const arn = (resource: string) => balancingArnPattern(location, resource);
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Read',
        Effect: 'Allow',
        Action: elb('DescribeListeners', 'DescribeRules', 'DescribeTargetGroups', 'DescribeTargetHealth'),
        Resource: '*',
      },
      {
        Sid: 'Targets',
        Effect: 'Allow',
        Action: elb('DeregisterTargets', 'RegisterTargets'),
        Resource: keys.map((key) => arn(`targetgroup/${names.stack}-${key}-????/*`)),
      },
      {
        Sid: 'Listener',
        Effect: 'Allow',
        Action: elb('ModifyListener'),
        Resource: arn(`listener/app/${balancerNameOf(config, names)}/*/*`),
      },
      {
        Sid: 'Rules',
        Effect: 'Allow',
        Action: elb('ModifyRule'),
        Resource: arn(`listener-rule/app/${balancerNameOf(config, names)}/*/*/*`),
      },
    ],
  };
}
