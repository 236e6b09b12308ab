/** How the block of a VPC is cut into subnets: stable, whatever zones are added later. Pure. */
import { Netmask } from 'netmask';

/** One subnet as the configuration wants it. */
export interface SubnetLayout {
  /** `public-1`, `private-1`, … : the number is that of the zone. */
  readonly key: string;
  readonly isPublic: boolean;
  readonly cidr: string;
  /** Which zone, counted from 0. */
  readonly zone: number;
}

/** The block is cut into 16 parts: public subnets from the first on, private ones from the ninth on. */
const BITS = 4;
const FIRST_PRIVATE = 8;

/**
 * The subnets of a network: one public and one private one a zone.
 * @param cidr the block of the VPC, `/16` to `/24`
 * @param zones how many zones, at most 6
 */
export function subnetLayouts({
  cidr,
  zones,
}: {
  readonly cidr: string;
  readonly zones: number;
}): SubnetLayout[] {
  const block = new Netmask(cidr);
  const part = (index: number): string =>
    new Netmask(`${block.base}/${block.bitmask + BITS}`).next(index).toString();
  return [true, false].flatMap((isPublic) =>
    Array.from({ length: zones }, (_, zone) => ({
      key: `${isPublic ? 'public' : 'private'}-${zone + 1}`,
      isPublic,
      cidr: part(zone + (isPublic ? 0 : FIRST_PRIVATE)),
      zone,
    })),
  );
}

/** The keys of the subnets of one kind. */
export const subnetKeys = (
  network: { readonly cidr: string; readonly zones: number },
  kind: 'public' | 'private',
): string[] =>
  subnetLayouts(network)
    .filter(({ isPublic }) => isPublic === (kind === 'public'))
    .map(({ key }) => key);

/**
 * The availability zone of each number: the one in which a subnet of that number lies already, otherwise the first that
 * no other number has. A load balancer takes one subnet a zone, so no zone is given twice.
 * @param held the zones of the subnets that are there, by number
 * @param available the zones of the region, in order
 */
export function assignZones(
  count: number,
  held: readonly (string | undefined)[],
  available: readonly string[],
): string[] {
  const free = available.filter((zone) => !held.includes(zone));
  return Array.from({ length: count }, (_, number) => held[number] ?? free.shift() ?? '');
}
