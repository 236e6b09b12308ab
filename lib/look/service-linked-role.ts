/** Finds ECS's service-linked role, of which an account has one. */
import type { Ids, Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import type { See } from './see.ts';

export interface FoundServiceLinkedRole extends Readonly<Ids['serviceLinkedRole']> {
  readonly tags: Tags;
}

export async function lookServiceLinkedRole(_see: See): Promise<Items<FoundServiceLinkedRole>> {
  throw new Error('lookServiceLinkedRole is not written yet');
}
