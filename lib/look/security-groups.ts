/** Finds our security groups by their tags, and those of other owners that have our names in our VPC. */
import type { Ids, Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import type { See } from './see.ts';

/** One rule of a group: who may send where. Compared as text, see `rulesText`. */
export interface GroupRule {
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  /** A block, or the id of a group. */
  readonly peer: string;
}

export interface FoundSecurityGroup extends Readonly<Ids['securityGroups']> {
  readonly groupName: string;
  readonly vpcId: string;
  readonly ingress: readonly GroupRule[];
  readonly egress: readonly GroupRule[];
  readonly tags: Tags;
}

export async function lookSecurityGroups(_see: See): Promise<Items<FoundSecurityGroup>> {
  throw new Error('lookSecurityGroups is not written yet');
}
