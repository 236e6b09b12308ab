/** Finds ECS's service-linked role, of which an account has one. */
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { allPages } from '../aws/pages.ts';
import type { Ids } from '../model/architecture.ts';
import { ONLY, type Items } from '../model/resources.ts';
import type { Tags } from '../derive/tags.ts';
import type { LookContext } from './context.ts';

/** Where the role lies: its path is the service's own, whatever its name. */
const PATH = '/aws-service-role/ecs.amazonaws.com/';

export interface FoundServiceLinkedRole extends Readonly<Ids['serviceLinkedRole']> {
  /** Always empty: the role is the account's, never ours. */
  readonly tags: Tags;
}

/**
 * A page of the list may be empty and still not be the last.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
 */
export async function lookServiceLinkedRole({ aws }: LookContext): Promise<Items<FoundServiceLinkedRole>> {
  const roles = await allPages(async (Marker) => {
    const page = await aws.iam(new ListRolesCommand({ PathPrefix: PATH, Marker }));
    return { items: page.Roles ?? [], next: page.Marker };
  });
  return new Map(roles.slice(0, 1).map(({ RoleName = '' }) => [ONLY, { roleName: RoleName, tags: {} }]));
}
