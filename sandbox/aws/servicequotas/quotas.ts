/** The quotas of the sandbox as Service Quotas lists them: only those that the sandbox enforces. */
import { quotas as networkQuotas, type Quota } from '../ec2/quotas.ts';
import { balancingQuotas } from '../elbv2/limits.ts';

/** A quota, by the codes of its service and its own. */
export interface ListedQuota {
  readonly service: string;
  readonly code: string;
  readonly name: string;
  readonly value: number;
  readonly isAdjustable: boolean;
}

/** The names of the services, as Service Quotas writes them. */
export const SERVICE_NAMES: Readonly<Record<string, string>> = {
  ec2: 'Amazon Elastic Compute Cloud (Amazon EC2)',
  elasticloadbalancing: 'Elastic Load Balancing (ELB)',
  vpc: 'Amazon Virtual Private Cloud (Amazon VPC)',
};

const listed = (
  service: string,
  code: string,
  name: string,
  [value]: Quota | readonly [number, ...unknown[]],
  isAdjustable = true,
): ListedQuota => ({ service, code, name, value, isAdjustable });

/** @see https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html */
export const LISTED_QUOTAS: readonly ListedQuota[] = [
  listed('ec2', 'L-0263D0A3', 'EC2-VPC Elastic IPs', networkQuotas.addresses),
  listed('vpc', 'L-F678F1CE', 'VPCs per Region', networkQuotas.vpcs),
  listed('vpc', 'L-A4707A72', 'Internet gateways per Region', networkQuotas.internetGateways),
  listed('vpc', 'L-FE5A380F', 'NAT gateways per Availability Zone', networkQuotas.natGatewaysPerZone),
  listed('vpc', 'L-407747CB', 'Subnets per VPC', networkQuotas.subnetsPerVpc),
  listed('vpc', 'L-589F43AA', 'Route tables per VPC', networkQuotas.routeTablesPerVpc),
  listed('vpc', 'L-93826ACB', 'Routes per route table', networkQuotas.routesPerTable),
  listed('vpc', 'L-B4A6D682', 'Network ACLs per VPC', networkQuotas.networkAclsPerVpc),
  listed('vpc', 'L-2AEEBF1A', 'Rules per network ACL', networkQuotas.entriesPerNetworkAcl),
  listed('vpc', 'L-E79EC296', 'VPC security groups per Region', networkQuotas.securityGroups),
  listed('vpc', 'L-0EA8095F', 'Inbound or outbound rules per security group', networkQuotas.rulesPerGroup),
  listed(
    'elasticloadbalancing',
    'L-53DA6B97',
    'Application Load Balancers per Region',
    balancingQuotas['application-load-balancers'],
  ),
  listed('elasticloadbalancing', 'L-B22855CB', 'Target Groups per Region', balancingQuotas['target-groups']),
  listed(
    'elasticloadbalancing',
    'L-822D1B1B',
    'Target Groups per Application Load Balancer',
    balancingQuotas['target-groups-per-application-load-balancer'],
    false,
  ),
  listed(
    'elasticloadbalancing',
    'L-B6DF7632',
    'Listeners per Application Load Balancer',
    balancingQuotas['listeners-per-application-load-balancer'],
  ),
  listed(
    'elasticloadbalancing',
    'L-7EED9B64',
    'Rules per Application Load Balancer',
    balancingQuotas['rules-per-application-load-balancer'],
  ),
];
