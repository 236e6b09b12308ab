/** The quotas of EC2 in one region for a new account. Waiting does not help a call that exceeds a quota. */
import { refusal } from '../../protocol/refusal.ts';

/** A maximum, and the code and message of the refusal when it is exceeded. */
export type Quota = readonly [max: number, code: string, message: string];

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
export const quotas = {
  vpcs: [5, 'VpcLimitExceeded', 'The maximum number of VPCs has been reached.'],
  internetGateways: [
    5,
    'InternetGatewayLimitExceeded',
    'The maximum number of internet gateways has been reached.',
  ],
  addresses: [5, 'AddressLimitExceeded', 'The maximum number of addresses has been reached.'],
  natGatewaysPerZone: [
    5,
    'NatGatewayLimitExceeded',
    'Performing this operation would exceed the limit of 5 NAT gateways',
  ],
  subnetsPerVpc: [200, 'SubnetLimitExceeded', 'The maximum number of subnets has been reached.'],
  routeTablesPerVpc: [200, 'RouteTableLimitExceeded', 'The maximum number of route tables has been reached.'],
  routesPerTable: [500, 'RouteLimitExceeded', 'The maximum number of routes has been reached.'],
  networkAclsPerVpc: [200, 'NetworkAclLimitExceeded', 'The maximum number of network ACLs has been reached.'],
  /** Applies to each direction separately, and to IPv4 and IPv6 separately. The last entry counts. */
  entriesPerNetworkAcl: [
    20,
    'NetworkAclEntryLimitExceeded',
    'The maximum number of network acl entries has been reached.',
  ],
  securityGroups: [
    2500,
    'SecurityGroupLimitExceeded',
    'The maximum number of security groups has been reached.',
  ],
  /** Applies to each direction separately, and to IPv4 and IPv6 separately. */
  rulesPerGroup: [
    60,
    'RulesPerSecurityGroupLimitExceeded',
    'The maximum number of rules per security group has been reached.',
  ],
} as const satisfies Record<string, Quota>;

/**
 * Checks one quota.
 * @param count the number of resources after the call
 * @throws the quota's refusal when the count exceeds the maximum
 */
export function checkQuota([max, code, message]: Quota, count: number): void {
  if (count > max) throw refusal(code, message);
}
