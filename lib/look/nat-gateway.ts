/** Finds our NAT gateway by its tags; deleted ones, which AWS shows for an hour, do not count. */
import type { Ids, Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import type { See } from './see.ts';

export interface FoundNatGateway extends Readonly<Ids['natGateway']> {
  /** `pending`, `available`, `failed` or `deleting`. */
  readonly state: string;
  /** Why it failed, as AWS puts it. */
  readonly failure: string | undefined;
  readonly subnetId: string;
  readonly allocationId: string;
  readonly tags: Tags;
}

export async function lookNatGateway(_see: See): Promise<Items<FoundNatGateway>> {
  throw new Error('lookNatGateway is not written yet');
}
