/** Finds the load balancer of the stack by its name. */
import type { Ids, Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import type { See } from './see.ts';

export interface FoundLoadBalancer extends Readonly<Ids['loadBalancer']> {
  readonly name: string;
  readonly vpcId: string;
  readonly state: string;
  readonly scheme: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

export async function lookLoadBalancer(_see: See): Promise<Items<FoundLoadBalancer>> {
  throw new Error('lookLoadBalancer is not written yet');
}
