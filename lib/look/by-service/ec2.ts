/** The looks that ask EC2 first, loaded together. */
export { lookVpc } from '../vpc.ts';
export { lookSubnets, lookZones } from '../subnets.ts';
export { lookInternetGateway } from '../internet-gateway.ts';
export { lookPrivateRoutes, lookPublicRoutes } from '../route-tables.ts';
export { lookElasticIp } from '../elastic-ip.ts';
export { lookNatGateway } from '../nat-gateway.ts';
export { lookSecurityGroups } from '../security-groups.ts';
