/** Finds ECS's service-linked role, of which an account has one. */
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { isNotFound } from '../aws-error.ts';
import { ONLY, type Ids, type Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import type { See } from './see.ts';

export const ECS_ROLE = 'AWSServiceRoleForECS';

export interface FoundServiceLinkedRole extends Readonly<Ids['serviceLinkedRole']> {
  /** Always empty: the role is the account's, never ours. */
  readonly tags: Tags;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html */
export async function lookServiceLinkedRole({ aws }: See): Promise<Items<FoundServiceLinkedRole>> {
  try {
    await aws.iam(new GetRoleCommand({ RoleName: ECS_ROLE }));
    return new Map([[ONLY, { roleName: ECS_ROLE, tags: {} }]]);
  } catch (error) {
    if (isNotFound(error)) return new Map();
    throw error;
  }
}
