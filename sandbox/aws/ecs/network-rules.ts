/** Checks the network configuration of services and tasks: subnets and security groups must exist, all in the same VPC. */
import type { NetworkConfiguration } from '@aws-sdk/client-ecs';
import type { Region } from '../../world/region.ts';
import { invalid, refuseUnsupported } from './errors.ts';

const MAX_SUBNETS = 16;
const MAX_GROUPS = 5;

/**
 * Checks a network configuration, and returns it with defaults. The returned list of security groups may be empty.
 * @throws InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
 */
export function checkNetwork(region: Region, given: NetworkConfiguration | undefined): NetworkConfiguration {
  const network = given?.awsvpcConfiguration;
  if (!network) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  refuseUnsupported(network, ['subnets', 'securityGroups', 'assignPublicIp'], 'networkConfiguration');
  const { subnets = [], securityGroups = [], assignPublicIp = 'DISABLED' } = network;
  if (subnets.length === 0) throw invalid('subnets can not be empty.');
  if (subnets.length > MAX_SUBNETS) throw invalid(`subnets can have at most ${MAX_SUBNETS} items.`);
  if (securityGroups.length > MAX_GROUPS)
    throw invalid(`securityGroups can have at most ${MAX_GROUPS} items.`);
  const vpcs = subnets.map((id) => vpcOfSubnet(region, id, subnets));
  if (new Set(vpcs).size > 1) throw invalid('The provided subnets must belong to the same VPC.');
  for (const id of securityGroups) checkGroup(region, id, securityGroups, vpcs[0]);
  return { awsvpcConfiguration: { subnets, securityGroups, assignPublicIp } };
}

function vpcOfSubnet({ ec2 }: Region, id: string, all: string[]): string {
  const subnet = ec2.subnets.get(id);
  if (subnet) return subnet.VpcId;
  throw invalid(
    `Error retrieving subnet information for [${all.join(', ')}]: The subnet ID '${id}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
  );
}

function checkGroup({ ec2 }: Region, id: string, all: string[], vpcId: string | undefined): void {
  const group = ec2.securityGroups.get(id);
  if (!group) {
    throw invalid(
      `Error retrieving security group information for [${all.join(', ')}]: The security group '${id}' does not exist (ErrorCode: InvalidGroup.NotFound)`,
    );
  }
  if (group.VpcId !== vpcId) {
    throw invalid(`Security group ${id} does not appear to belong to the same VPC as the input subnets.`);
  }
}

/**
 * Returns the security groups for an interface in a subnet: the given groups or, if there are none, the default group of
 * the subnet's VPC.
 */
export function securityGroupsFor({ ec2 }: Region, subnetId: string, given: string[] | undefined): string[] {
  if (given?.length) return given;
  const vpcId = ec2.subnets.get(subnetId)?.VpcId;
  const group = ec2.securityGroups.find(({ VpcId, GroupName }) => VpcId === vpcId && GroupName === 'default');
  return group ? [group.GroupId] : [];
}
