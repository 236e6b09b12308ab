/** Finds, by service, the newest active task definition of the family. */
import type { Ids, Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import type { See } from './see.ts';

export interface FoundTaskDefinition extends Readonly<Ids['taskDefinitions']> {
  readonly family: string;
  readonly revision: number;
  /** What was registered, without what AWS fills in; compared with what we would register. */
  readonly definition: string;
  readonly tags: Tags;
}

export async function lookTaskDefinitions(_see: See): Promise<Items<FoundTaskDefinition>> {
  throw new Error('lookTaskDefinitions is not written yet');
}
