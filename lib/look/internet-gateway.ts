/** Finds our internet gateway by its tags. */
import type { Ids, Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import type { See } from './see.ts';

export interface FoundInternetGateway extends Readonly<Ids['internetGateway']> {
  /** The VPC it is attached to, if it is. */
  readonly attachedTo: string | undefined;
  readonly tags: Tags;
}

export async function lookInternetGateway(_see: See): Promise<Items<FoundInternetGateway>> {
  throw new Error('lookInternetGateway is not written yet');
}
