/** Finds our repositories by their names. */
import type { Ids, Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import type { See } from './see.ts';

export interface FoundRepository extends Readonly<Ids['repositories']> {
  readonly scanOnPush: boolean;
  readonly mutability: string;
  /** As normalised JSON text; empty when there is none. */
  readonly lifecyclePolicy: string;
  readonly tags: Tags;
}

export async function lookRepositories(_see: See): Promise<Items<FoundRepository>> {
  throw new Error('lookRepositories is not written yet');
}
