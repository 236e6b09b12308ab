/** The steps of all nouns, under their names. */
import type { Steps } from '../plan.ts';
import type * as steps from './index.ts';

export { certificate } from './certificate.ts';
export { cluster } from './cluster.ts';
export { elasticIp } from './elastic-ip.ts';
export { flowLog } from './flow-log.ts';
export { gatewayEndpoint } from './gateway-endpoint.ts';
export { hostedZone } from './hosted-zone.ts';
export { images } from './images.ts';
export { internetGateway } from './internet-gateway.ts';
export { listener } from './listener.ts';
export { loadBalancer } from './load-balancer.ts';
export { logBucket } from './log-bucket.ts';
export { logGroup } from './log-group.ts';
export { natGateway } from './nat-gateway.ts';
export { privateRoutes } from './private-routes.ts';
export { publicRoutes } from './public-routes.ts';
export { record } from './record.ts';
export { repositories } from './repositories.ts';
export { roles } from './roles.ts';
export { rules } from './rules.ts';
export { securityGroups } from './security-groups.ts';
export { serviceLinkedRole } from './service-linked-role.ts';
export { services } from './services.ts';
export { subnets } from './subnets.ts';
export { targetGroups } from './target-groups.ts';
export { taskDefinitions } from './task-definitions.ts';
export { validationRecords } from './validation-records.ts';
export { vpc } from './vpc.ts';

// Checks that every noun has a step in this list.
null as unknown as typeof steps satisfies Steps;
