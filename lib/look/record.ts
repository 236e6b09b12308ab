/** Finds the record of the domain in its hosted zone. */
import type { Ids, Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import type { See } from './see.ts';

export interface FoundRecord extends Readonly<Ids['record']> {
  readonly hostedZoneId: string;
  /** The name it is an alias of: lower case, no trailing dot, no `dualstack.`; empty when it is no alias. */
  readonly aliasTo: string;
  readonly aliasZoneId: string;
  readonly evaluateTargetHealth: boolean;
  /** Record sets cannot be tagged: who owns one is read from where it points. */
  readonly tags: Tags;
}

export async function lookRecord(_see: See): Promise<Items<FoundRecord>> {
  throw new Error('lookRecord is not written yet');
}
