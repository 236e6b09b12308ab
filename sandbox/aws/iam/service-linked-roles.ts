/** Service-linked roles: created once per account and service, by the service or by a caller. */
import type * as IAM from '@aws-sdk/client-iam';
import type { Operations } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { managedPolicyArn } from './arns.ts';
import { invalidInput } from './errors.ts';
import { fullViewOfRole } from './role-views.ts';
import { addRole } from './roles.ts';
import { SERVICE_PATH } from './store.ts';
import type { RoleRow } from './store.ts';

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html */
const SERVICES = {
  'ecs.amazonaws.com': {
    name: 'AWSServiceRoleForECS',
    description: 'Role to enable Amazon ECS to manage your cluster.',
    policy: 'AmazonECSServiceRolePolicy',
  },
  'ecs.application-autoscaling.amazonaws.com': {
    name: 'AWSServiceRoleForApplicationAutoScaling_ECSService',
    description: '',
    policy: 'AWSApplicationAutoscalingECSServicePolicy',
  },
  'elasticloadbalancing.amazonaws.com': {
    name: 'AWSServiceRoleForElasticLoadBalancing',
    description: 'Allows ELB to call AWS services on your behalf.',
    policy: 'AWSElasticLoadBalancingServiceRolePolicy',
  },
} as const;

/** A service whose service-linked role the sandbox knows. */
export type LinkedService = keyof typeof SERVICES;

/** Whether the service-linked role of a service exists. */
export const hasServiceLinkedRole = (region: Region, service: LinkedService): boolean =>
  region.iam.roles.has(SERVICES[service].name.toLowerCase());

/** Creates the service-linked role of a service that does not have it yet. Services do this on their first use. */
export function makeServiceLinkedRole(
  region: Region,
  service: LinkedService,
  description: string = SERVICES[service].description,
): RoleRow {
  const { name, policy } = SERVICES[service];
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  };
  const role = addRole(region, {
    Path: `${SERVICE_PATH}${service}/`,
    RoleName: name,
    AssumeRolePolicyDocument: JSON.stringify(trust),
    Description: description,
    MaxSessionDuration: 3600,
    Tags: [],
  });
  role.attachedPolicies = [managedPolicyArn(region, `/aws-service-role/${policy}`)];
  return role;
}

const isLinkedService = (service: string): service is LinkedService => Object.hasOwn(SERVICES, service);

export const serviceLinkedRoleOperations = {
  /** A repeated call is refused. The code is InvalidInput, although the input is valid. */
  CreateServiceLinkedRole: {
    inputMembers: ['AWSServiceName', 'Description', 'CustomSuffix'],
    run(input, region) {
      const { AWSServiceName: service = '' } = input;
      if (!isLinkedService(service)) {
        const known = Object.keys(SERVICES).join(', ');
        throw invalidInput(`The sandbox knows the service-linked roles of ${known} only, not of ${service}`);
      }
      if (input.CustomSuffix !== undefined) {
        throw invalidInput(`Custom suffix is not allowed for ${service}`);
      }
      if (hasServiceLinkedRole(region, service)) {
        throw invalidInput(
          `Service role name ${SERVICES[service].name} has been taken in this account, please try a different suffix.`,
        );
      }
      const role = makeServiceLinkedRole(region, service, input.Description);
      return { Role: fullViewOfRole(region, role) };
    },
  },
} satisfies Operations<typeof IAM>;
