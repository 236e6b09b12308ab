/** The policies of the stack's two roles: who may assume the roles, and what the roles may do. Pure. */
import { ecsArnPattern, logGroupArn, repositoryArn, repositoryArnOf, type Location } from './arns.ts';
import { containersOf, type Config } from '../config/config.ts';
import type { Names } from './names.ts';
import { TASKS_PRINCIPAL } from './partitions.ts';

interface Statement {
  readonly Sid: string;
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

/**
 * Allows only ECS tasks of this account to assume the roles.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
export const trustPolicy = (location: Location): Policy => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'EcsTasks',
      Effect: 'Allow',
      Principal: { Service: TASKS_PRINCIPAL },
      Action: 'sts:AssumeRole',
      Condition: {
        ArnLike: { 'aws:SourceArn': ecsArnPattern(location) },
        StringEquals: { 'aws:SourceAccount': location.account },
      },
    },
  ],
});

/**
 * Allows ECS to act on behalf of a task: to sign in to ECR, pull the images, and write to the stack's log group.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export function executionPolicy(config: Config, names: Names, location: Location): Policy {
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
    ],
  };
}
