/** Finds our two roles by their names, with their policies. */
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { isNotFound } from '../aws-error.ts';
import { policyText } from '../policies.ts';
import type { Ids, Items } from '../resources.ts';
import { readTags, type Tags } from '../tags.ts';
import type { See } from './see.ts';

export const ROLES = ['execution', 'task'] as const;

export interface FoundRole extends Readonly<Ids['roles']> {
  readonly path: string;
  /** Documents as normalised JSON text, so that equal policies are equal texts. */
  readonly trustPolicy: string;
  readonly inlinePolicies: Readonly<Record<string, string>>;
  /** ARNs of managed policies. */
  readonly attachedPolicies: readonly string[];
  readonly tags: Tags;
}

/** Names of roles are unique in an account, whatever their path. */
export async function lookRoles(see: See): Promise<Items<FoundRole>> {
  const found = await Promise.all(
    ROLES.map(async (key) => [key, await look(see, see.names.role(key))] as const),
  );
  return new Map(found.flatMap(([key, role]) => (role ? [[key, role] as const] : [])));
}

/** IAM answers documents percent-encoded. */
const document = (encoded: string | undefined): string =>
  policyText(parse(decodeURIComponent(encoded ?? '')));
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */
async function look({ aws }: See, RoleName: string): Promise<FoundRole | undefined> {
  try {
    const [{ Role }, attached, inline] = await Promise.all([
      aws.iam(new GetRoleCommand({ RoleName })),
      aws.iam(new ListAttachedRolePoliciesCommand({ RoleName })),
      aws.iam(new ListRolePoliciesCommand({ RoleName })),
    ]);
    const policies = await Promise.all(
      (inline.PolicyNames ?? []).map(async (PolicyName) => {
        const { PolicyDocument } = await aws.iam(new GetRolePolicyCommand({ RoleName, PolicyName }));
        return [PolicyName, document(PolicyDocument)] as const;
      }),
    );
    return {
      roleName: RoleName,
      roleArn: Role?.Arn ?? '',
      path: Role?.Path ?? '/',
      trustPolicy: document(Role?.AssumeRolePolicyDocument),
      inlinePolicies: Object.fromEntries(policies),
      attachedPolicies: (attached.AttachedPolicies ?? []).map(({ PolicyArn = '' }) => PolicyArn),
      tags: readTags(Role?.Tags),
    };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
