/** The looks whose first call goes to EC2, exported under the names of their nouns, and the listings of a VPC. */
import type { LooksOf } from '../found.ts';
import type { VpcListing } from '../in-vpc.ts';
import { vpcEndpointsInVpc } from '../gateway-endpoint.ts';
import { internetGatewaysInVpc } from '../internet-gateway.ts';
import { natGatewaysInVpc } from '../nat-gateway.ts';
import { networkAclsInVpc } from '../network-acls.ts';
import { peeringConnectionsInVpc } from '../peering-connections.ts';
import { routeTablesInVpc } from '../route-tables.ts';
import { securityGroupsInVpc } from '../security-groups.ts';
import { subnetsInVpc } from '../subnets.ts';
import type * as looks from './ec2.ts';

export { lookVpc as vpc } from '../vpc.ts';
export { lookSubnets as subnets } from '../subnets.ts';
export { lookAvailabilityZones } from '../subnets.ts';
export { lookInternetGateway as internetGateway } from '../internet-gateway.ts';
export { lookPublicRoutes as publicRoutes } from '../route-tables.ts';
export { lookPrivateRoutes as privateRoutes } from '../route-tables.ts';
export { lookElasticIp as elasticIp } from '../elastic-ip.ts';
export { lookFlowLog as flowLog } from '../flow-log.ts';
export { lookNatGateway as natGateway } from '../nat-gateway.ts';
export { lookGatewayEndpoint as gatewayEndpoint } from '../gateway-endpoint.ts';
export { lookSecurityGroups as securityGroups } from '../security-groups.ts';

/** Listings of all kinds of resources that can be in a VPC and keep it from being deleted. */
export const vpcListings: readonly VpcListing[] = [
  subnetsInVpc,
  securityGroupsInVpc,
  routeTablesInVpc,
  internetGatewaysInVpc,
  natGatewaysInVpc,
  vpcEndpointsInVpc,
  networkAclsInVpc,
  peeringConnectionsInVpc,
];

// The compiler checks that every noun of the service has its look here.
null as unknown as typeof looks satisfies LooksOf<'ec2'>;
