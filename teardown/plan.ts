/** The undo of every noun, and the order in which they go: the architecture backwards. */
import { names, needs } from '../lib/architecture.ts';
import { reversed } from '../lib/graph.ts';
import type { Name } from '../lib/resources.ts';
import type { Removals } from './remove.ts';
import { cluster } from './cluster.ts';
import { elasticIp } from './elastic-ip.ts';
import { hostedZone } from './hosted-zone.ts';
import { images } from './images.ts';
import { internetGateway } from './internet-gateway.ts';
import { listener } from './listener.ts';
import { loadBalancer } from './load-balancer.ts';
import { logGroup } from './log-group.ts';
import { natGateway } from './nat-gateway.ts';
import { privateRoutes } from './private-routes.ts';
import { publicRoutes } from './public-routes.ts';
import { record } from './record.ts';
import { repositories } from './repositories.ts';
import { roles } from './roles.ts';
import { rules } from './rules.ts';
import { securityGroups } from './security-groups.ts';
import { serviceLinkedRole } from './service-linked-role.ts';
import { services } from './services.ts';
import { subnets } from './subnets.ts';
import { targetGroups } from './target-groups.ts';
import { taskDefinitions } from './task-definitions.ts';
import { vpc } from './vpc.ts';

/** How each noun is taken down. */
export const removals = {
  serviceLinkedRole,
  roles,
  logGroup,
  repositories,
  images,
  vpc,
  internetGateway,
  subnets,
  securityGroups,
  publicRoutes,
  elasticIp,
  natGateway,
  privateRoutes,
  loadBalancer,
  targetGroups,
  listener,
  rules,
  cluster,
  taskDefinitions,
  services,
  hostedZone,
  record,
} satisfies Removals;

/** The nouns that are looked for: an image goes with its repository, and the account's role stays. */
export const LOOKED_AT: readonly Name[] = names.filter(
  (name) => name !== 'images' && name !== 'serviceLinkedRole',
);

/** What must be gone before each noun may go. */
export function order(): Record<Name, Name[]> {
  const backwards = reversed<Name>(needs);
  for (const name of names) backwards[name].push(...((removals as Removals)[name].after ?? []));
  return backwards;
}
