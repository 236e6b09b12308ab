/** Finds the elastic IP of our NAT gateway by its tags. */
import type { Ids, Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import type { See } from './see.ts';

export interface FoundElasticIp extends Readonly<Ids['elasticIp']> {
  readonly publicIp: string;
  readonly tags: Tags;
}

export async function lookElasticIp(_see: See): Promise<Items<FoundElasticIp>> {
  throw new Error('lookElasticIp is not written yet');
}
