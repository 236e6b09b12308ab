/** Finds our route tables by their tags: one call for the public and the private ones. */
import type { Ids, Items } from '../resources.ts';
import type { Tags } from '../tags.ts';
import type { See } from './see.ts';

export interface FoundRouteTable extends Readonly<Ids['publicRoutes']> {
  readonly vpcId: string;
  /** Where the default route (0.0.0.0/0) goes: an internet or NAT gateway; undefined when there is none. */
  readonly defaultTarget: string | undefined;
  /** Whether the default route leads nowhere, since its target is gone. */
  readonly blackhole: boolean;
  /** The subnets that are explicitly associated, with the id of each association. */
  readonly associations: Readonly<Record<string, string>>;
  readonly tags: Tags;
}

export async function lookPublicRoutes(_see: See): Promise<Items<FoundRouteTable>> {
  throw new Error('lookPublicRoutes is not written yet');
}

export async function lookPrivateRoutes(_see: See): Promise<Items<FoundRouteTable>> {
  throw new Error('lookPrivateRoutes is not written yet');
}
