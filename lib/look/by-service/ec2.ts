/** The looks that call EC2 first, under the names of their nouns; loaded together. */
export { lookVpc as vpc } from '../vpc.ts';
export { lookSubnets as subnets } from '../subnets.ts';
export { lookZones } from '../subnets.ts';
export { lookInternetGateway as internetGateway } from '../internet-gateway.ts';
export { lookPublicRoutes as publicRoutes } from '../route-tables.ts';
export { lookPrivateRoutes as privateRoutes } from '../route-tables.ts';
export { lookElasticIp as elasticIp } from '../elastic-ip.ts';
export { lookNatGateway as natGateway } from '../nat-gateway.ts';
export { lookSecurityGroups as securityGroups } from '../security-groups.ts';
