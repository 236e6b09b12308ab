/** The AWS managed policies that can be attached to roles. The sandbox has only those that are useful for containers. */
import type * as IAM from '@aws-sdk/client-iam';
import type { AttachedPolicy } from '@aws-sdk/client-iam';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { page } from './checks.ts';
import { limitExceeded, policyNotAttachable, policyNotAttached, validationError } from './errors.ts';
import { modifiableRoleOf } from './roles.ts';

const ARN_PREFIX = 'arn:aws:iam::aws:policy';
const MAX_PER_ROLE = 10;

/** @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html */
const KNOWN_POLICIES = new Set(
  [
    '/service-role/AmazonECSTaskExecutionRolePolicy',
    '/service-role/AmazonEC2ContainerServiceforEC2Role',
    '/service-role/AmazonEC2ContainerServiceRole',
    '/service-role/AmazonEC2ContainerServiceEventsRole',
    '/service-role/AmazonEC2ContainerServiceAutoscaleRole',
    '/service-role/AmazonECSInfrastructureRolePolicyForVolumes',
    '/service-role/AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity',
    '/AmazonECSInfrastructureRolePolicyForLoadBalancers',
    '/AmazonECSInfrastructureRolePolicyForVpcLattice',
    '/AmazonECS_FullAccess',
    '/AWSCodeDeployRoleForECS',
    '/AmazonEC2ContainerRegistryFullAccess',
    '/AmazonEC2ContainerRegistryPowerUser',
    '/AmazonEC2ContainerRegistryPullOnly',
    '/AmazonEC2ContainerRegistryReadOnly',
    '/CloudWatchLogsFullAccess',
    '/CloudWatchLogsReadOnlyAccess',
    '/CloudWatchAgentServerPolicy',
    '/AWSXRayDaemonWriteAccess',
    '/AmazonSSMReadOnlyAccess',
    '/AmazonSSMManagedInstanceCore',
    '/SecretsManagerReadWrite',
    '/AmazonS3FullAccess',
    '/AmazonS3ReadOnlyAccess',
    '/AmazonDynamoDBFullAccess',
    '/AmazonDynamoDBReadOnlyAccess',
    '/AmazonSQSFullAccess',
    '/AmazonSNSFullAccess',
    '/ReadOnlyAccess',
    '/PowerUserAccess',
    '/AdministratorAccess',
  ].map((name) => `${ARN_PREFIX}${name}`),
);

/** Checks the ARN of a policy. @throws ValidationError, also for an ARN of another partition */
function checkArn({ partition }: Region, arn = ''): string {
  if (!/^arn:[\w-]+:iam::(aws|\d{12}):policy\/.+$/.test(arn)) {
    throw validationError(`ARN ${arn} is not valid.`);
  }
  if (!arn.startsWith(`arn:${partition.id}:`)) throw validationError('Invalid ARN partition');
  return arn;
}

/** Whether AWS manages this policy. It manages the same policies in every partition. */
const isKnownPolicy = (arn: string): boolean => KNOWN_POLICIES.has(arn.replace(/^arn:[\w-]+:/, 'arn:aws:'));

const viewOf = (PolicyArn: string): AttachedPolicy => ({
  PolicyName: PolicyArn.split('/').at(-1),
  PolicyArn,
});

export const managedPolicyOperations = {
  /** Attaching a policy again has no effect. */
  AttachRolePolicy: {
    inputMembers: ['RoleName', 'PolicyArn'],
    run(input, region) {
      const role = modifiableRoleOf(region, input.RoleName);
      const arn = checkArn(region, input.PolicyArn);
      if (!isKnownPolicy(arn)) throw policyNotAttachable(arn);
      if (role.attachedPolicies.includes(arn)) return {};
      if (role.attachedPolicies.length >= MAX_PER_ROLE) {
        throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${MAX_PER_ROLE}`);
      }
      role.attachedPolicies.push(arn);
      return {};
    },
  },

  DetachRolePolicy: {
    inputMembers: ['RoleName', 'PolicyArn'],
    run(input, region) {
      const role = modifiableRoleOf(region, input.RoleName);
      const arn = checkArn(region, input.PolicyArn);
      if (!role.attachedPolicies.includes(arn)) throw policyNotAttached(arn);
      role.attachedPolicies = role.attachedPolicies.filter((other) => other !== arn);
      return {};
    },
  },

  ListAttachedRolePolicies: {
    inputMembers: ['RoleName', 'PathPrefix', 'MaxItems', 'Marker'],
    run(input, region) {
      const { PathPrefix = '/' } = input;
      const attached = rowOf(region.iam.roles, input.RoleName).attachedPolicies.filter((arn) =>
        arn.slice(arn.indexOf('/')).startsWith(PathPrefix),
      );
      const { rows, ...rest } = page(attached, input);
      return { AttachedPolicies: rows.map(viewOf), ...rest };
    },
  },
} satisfies Operations<typeof IAM>;
