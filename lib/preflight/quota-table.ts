/** The quotas of an account that a stack counts against: their codes and documented defaults. */

/** A quota of an account in a region. */
export interface AccountQuota {
  /** The code of the service in Service Quotas. */
  readonly service: string;
  readonly code: string;
  /** The name in words, in the plural. */
  readonly name: string;
  /** The value in a new account. */
  readonly default: number;
}

export type QuotaName =
  | 'vpcs'
  | 'internetGateways'
  | 'elasticIps'
  | 'natGateways'
  | 'securityGroups'
  | 'loadBalancers'
  | 'targetGroups'
  | 'groupsPerBalancer'
  | 'rulesPerBalancer'
  | 'fargateCpus';

/**
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
 */
export const QUOTAS: Readonly<Record<QuotaName, AccountQuota>> = {
  vpcs: { service: 'vpc', code: 'L-F678F1CE', name: 'VPCs', default: 5 },
  internetGateways: { service: 'vpc', code: 'L-A4707A72', name: 'internet gateways', default: 5 },
  elasticIps: { service: 'ec2', code: 'L-0263D0A3', name: 'elastic IP addresses', default: 5 },
  natGateways: { service: 'vpc', code: 'L-FE5A380F', name: 'NAT gateways in the zone', default: 5 },
  securityGroups: { service: 'vpc', code: 'L-E79EC296', name: 'security groups', default: 2500 },
  loadBalancers: {
    service: 'elasticloadbalancing',
    code: 'L-53DA6B97',
    name: 'application load balancers',
    default: 50,
  },
  targetGroups: { service: 'elasticloadbalancing', code: 'L-B22855CB', name: 'target groups', default: 3000 },
  groupsPerBalancer: {
    service: 'elasticloadbalancing',
    code: 'L-822D1B1B',
    name: 'target groups of the load balancer',
    default: 100,
  },
  rulesPerBalancer: {
    service: 'elasticloadbalancing',
    code: 'L-7EED9B64',
    name: 'rules of the load balancer',
    default: 100,
  },
  fargateCpus: { service: 'fargate', code: 'L-3032A538', name: 'vCPUs of Fargate', default: 6 },
};
