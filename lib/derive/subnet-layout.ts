/** Divides the CIDR block of a VPC into subnets whose blocks stay the same when zones are added later. Pure. */
import { Netmask } from 'netmask';

/** A subnet of the desired network. */
export interface SubnetLayout {
  /** `public-1`, `private-1`, …: the kind, and the number of the zone, starting at 1. */
  readonly key: string;
  readonly isPublic: boolean;
  readonly cidr: string;
  /** The index of the zone, starting at 0. */
  readonly zoneIndex: number;
}

/** The block is divided into 16 parts. The public subnets start at the first part, the private subnets at the ninth. */
const PART_BITS = 4;
const FIRST_PRIVATE = 8;

/**
 * Returns the subnets of a network: a public and a private one per zone.
 * @param cidr the block of the VPC, `/16` to `/24`
 * @param zones the number of zones, at most 6
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
    new Netmask(`${block.base}/${block.bitmask + PART_BITS}`).next(index).toString();
  return [true, false].flatMap((isPublic) =>
    Array.from({ length: zones }, (_, zoneIndex) => ({
      key: `${isPublic ? 'public' : 'private'}-${zoneIndex + 1}`,
      isPublic,
      cidr: part(zoneIndex + (isPublic ? 0 : FIRST_PRIVATE)),
      zoneIndex,
    })),
  );
}

/** Returns the keys of the public or the private subnets. */
export const subnetKeys = (
  network: { readonly cidr: string; readonly zones: number },
  kind: 'public' | 'private',
): string[] =>
  subnetLayouts(network)
    .filter(({ isPublic }) => isPublic === (kind === 'public'))
    .map(({ key }) => key);

/**
 * Assigns an availability zone to each zone index. An index with existing subnets keeps the zone of these subnets; any other
 * index gets the first free zone. No zone is assigned twice, since a load balancer accepts one subnet per zone.
 * @param count the number of zones
 * @param existing the zones of the existing subnets, by zone index
 * @param available the zones of the region, in order
 */
export function assignZones(
  count: number,
  existing: readonly (string | undefined)[],
  available: readonly string[],
): string[] {
  const free = available.filter((zone) => !existing.includes(zone));
  return Array.from({ length: count }, (_, index) => existing[index] ?? free.shift() ?? '');
}
