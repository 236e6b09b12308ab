/** Finds ECS's service-linked role; an account has at most one. */
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { allPages } from '../aws/pages.ts';
import type { Ids } from '../model/architecture.ts';
import { ONLY, type Items } from '../model/resources.ts';
import { ECS_PRINCIPAL } from '../derive/partitions.ts';
import type { Tags } from '../derive/tags.ts';
import type { LookContext } from './context.ts';

/** The path of the role, which identifies the service regardless of the role's name. */
const PATH = `/aws-service-role/${ECS_PRINCIPAL}/`;

export interface FoundServiceLinkedRole extends Readonly<Ids['serviceLinkedRole']> {
  /** Always empty: the role belongs to the account, never to a stack. */
  readonly tags: Tags;
}

/**
 * A page of the list may be empty without being the last.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
 */
export async function lookServiceLinkedRole({ aws }: LookContext): Promise<Items<FoundServiceLinkedRole>> {
  const roles = await allPages(async (Marker) => {
    const page = await aws.iam(new ListRolesCommand({ PathPrefix: PATH, Marker }));
    return { items: page.Roles ?? [], next: page.Marker };
  });
  return new Map(roles.slice(0, 1).map(({ RoleName = '' }) => [ONLY, { roleName: RoleName, tags: {} }]));
}
