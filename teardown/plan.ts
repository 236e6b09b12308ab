/** The undo of every noun, and the order in which they go: the architecture backwards. */
import { nouns, needs } from '../lib/model/architecture.ts';
import { reversed } from '../lib/engine/graph.ts';
import type { Noun } from '../lib/model/resources.ts';
import type { Removals } from './remove.ts';
import { cluster } from './steps/cluster.ts';
import { elasticIp } from './steps/elastic-ip.ts';
import { hostedZone } from './steps/hosted-zone.ts';
import { images } from './steps/images.ts';
import { internetGateway } from './steps/internet-gateway.ts';
import { listener } from './steps/listener.ts';
import { loadBalancer } from './steps/load-balancer.ts';
import { logGroup } from './steps/log-group.ts';
import { natGateway } from './steps/nat-gateway.ts';
import { privateRoutes } from './steps/private-routes.ts';
import { publicRoutes } from './steps/public-routes.ts';
import { record } from './steps/record.ts';
import { repositories } from './steps/repositories.ts';
import { roles } from './steps/roles.ts';
import { rules } from './steps/rules.ts';
import { securityGroups } from './steps/security-groups.ts';
import { serviceLinkedRole } from './steps/service-linked-role.ts';
import { services } from './steps/services.ts';
import { subnets } from './steps/subnets.ts';
import { targetGroups } from './steps/target-groups.ts';
import { taskDefinitions } from './steps/task-definitions.ts';
import { vpc } from './steps/vpc.ts';

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
export const LOOKED_AT: readonly Noun[] = nouns.filter(
  (name) => name !== 'images' && name !== 'serviceLinkedRole',
);

/** What must be gone before each noun may go. */
export function removalOrder(): Record<Noun, Noun[]> {
  const backwards = reversed<Noun>(needs);
  for (const name of nouns) backwards[name].push(...((removals as Removals)[name].after ?? []));
  return backwards;
}
