/** Finds ECS's service-linked role, of which an account has one. */
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { ONLY, type Ids, type Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import type { See } from './see.ts';

/** Where the role lies: its path is the service's own, whatever its name. */
const PATH = '/aws-service-role/ecs.amazonaws.com/';

export interface FoundServiceLinkedRole extends Readonly<Ids['serviceLinkedRole']> {
  /** Always empty: the role is the account's, never ours. */
  readonly tags: Tags;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html */
export async function lookServiceLinkedRole({ aws }: See): Promise<Items<FoundServiceLinkedRole>> {
  const { Roles = [] } = await aws.iam(new ListRolesCommand({ PathPrefix: PATH }));
  return new Map(Roles.slice(0, 1).map(({ RoleName = '' }) => [ONLY, { roleName: RoleName, tags: {} }]));
}
