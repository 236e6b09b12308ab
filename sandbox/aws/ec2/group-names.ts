/** Lookups of security groups by name. A call can name only the groups of the default VPC. */
import { refusal } from '../../protocol/refusal.ts';
import type { Region } from '../../world/region.ts';
import { rowOf } from '../finder.ts';
import { noDefaultVpc } from './errors.ts';
import type { SecurityGroupRow, VpcRow } from './store.ts';

/**
 * Returns the default VPC of a region.
 * @throws VPCIdNotSpecified if the region has no default VPC
 */
export function defaultVpcOf({ ec2 }: Region): VpcRow {
  const vpc = ec2.vpcs.find(({ IsDefault }) => IsDefault === true);
  if (!vpc) throw noDefaultVpc();
  return vpc;
}

/** Returns the group of the default VPC that has the given name. @throws VPCIdNotSpecified, InvalidGroup.NotFound */
export function groupByName(region: Region, name: string): SecurityGroupRow {
  const { VpcId } = defaultVpcOf(region);
  const group = region.ec2.securityGroups.find((one) => one.VpcId === VpcId && one.GroupName === name);
  if (group) return group;
  throw refusal(
    'InvalidGroup.NotFound',
    `The security group '${name}' does not exist in default VPC '${VpcId}'`,
  );
}

/** Returns the group that a call names by ID or, without an ID, by name. */
export const groupOf = (
  region: Region,
  { GroupId, GroupName }: { readonly GroupId?: string; readonly GroupName?: string },
): SecurityGroupRow =>
  !GroupId && GroupName ? groupByName(region, GroupName) : rowOf(region.ec2.securityGroups, GroupId);
