/** Finds the roles and policies that the configuration names. They belong to someone else, and are only read. */
import { GetPolicyCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { isAccessDenied, messageOf } from '../aws/errors.ts';
import { existingRolesIn, policiesIn } from '../derive/task-permissions.ts';
import type { Items } from '../model/resources.ts';
import type { LookContext } from './context.ts';
import { ifFound } from './if-found.ts';

/** A role or a policy. If the caller may not read it, it may still exist. */
export type FoundIdentity =
  | {
      readonly state: 'found';
      /** The ARN according to IAM, which differs if only the path of a role is wrong. */
      readonly arn: string;
      /** The trust policy of a role, as JSON. */
      readonly trustPolicy?: string;
    }
  | {
      readonly state: 'missing';
      /** The ARN of a policy of the same name. */
      readonly similar?: string | undefined;
    }
  | { readonly state: 'unknown'; readonly why: string };

/** Returns the roles and policies under their ARNs. */
export async function lookIdentities({ aws, config }: LookContext): Promise<Items<FoundIdentity>> {
  const found = await Promise.all([
    ...existingRolesIn(config).map(async (arn) => [arn, await lookAt(() => lookRole(aws, arn))] as const),
    ...policiesIn(config).map(async (arn) => [arn, await lookAt(() => lookPolicy(aws, arn))] as const),
  ]);
  return new Map(found);
}

async function lookAt(look: () => Promise<FoundIdentity>): Promise<FoundIdentity> {
  try {
    return await look();
  } catch (error) {
    if (isAccessDenied(error)) return { state: 'unknown', why: messageOf(error) };
    throw error;
  }
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */
async function lookRole(aws: LookContext['aws'], arn: string): Promise<FoundIdentity> {
  const RoleName = arn.split('/').at(-1) ?? '';
  const role = (await ifFound(() => aws.iam(new GetRoleCommand({ RoleName }))))?.Role;
  if (!role) return { state: 'missing' };
  const trustPolicy = decodeURIComponent(role.AssumeRolePolicyDocument ?? '');
  return { state: 'found', arn: role.Arn ?? arn, trustPolicy };
}

/** The paths of most of the policies that AWS manages. */
const AWS_PATHS = ['', 'service-role/', 'job-function/'];

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html */
async function lookPolicy(aws: LookContext['aws'], arn: string): Promise<FoundIdentity> {
  const exists = async (PolicyArn: string) =>
    (await ifFound(() => aws.iam(new GetPolicyCommand({ PolicyArn })))) !== undefined;
  if (await exists(arn)) return { state: 'found', arn };
  const [, prefix, name] = /^(arn:[^:]+:iam::aws:policy\/)(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  const candidates = AWS_PATHS.map((path) => `${prefix}${path}${name}`).filter((one) => one !== arn);
  for (const similar of prefix === undefined ? [] : candidates)
    if (await exists(similar)) return { state: 'missing', similar };
  return { state: 'missing' };
}
