/** The survey: every look at once, whatever the state file says. */
import { names } from '../architecture.ts';
import type { Name, Items } from '../resources.ts';
import { settled } from '../siblings.ts';
import { lookCluster } from './cluster.ts';
import { lookElasticIp } from './elastic-ip.ts';
import type { Found, Survey } from './found.ts';
import { lookHostedZone } from './hosted-zone.ts';
import { lookImages } from './images.ts';
import { lookInternetGateway } from './internet-gateway.ts';
import { lookListener } from './listener.ts';
import { lookLoadBalancer } from './load-balancer.ts';
import { lookLogGroup } from './log-group.ts';
import { lookNatGateway } from './nat-gateway.ts';
import { reclaim } from './recorded.ts';
import { lookRecord } from './record.ts';
import { lookRepositories } from './repositories.ts';
import { lookRoles } from './roles.ts';
import { lookPrivateRoutes, lookPublicRoutes } from './route-tables.ts';
import { lookRules } from './rules.ts';
import { lookSecurityGroups } from './security-groups.ts';
import { type Tags } from '../tags.ts';
import type { See } from './see.ts';
import { lookServiceLinkedRole } from './service-linked-role.ts';
import { lookServices } from './services.ts';
import { lookSubnets, lookZones } from './subnets.ts';
import { lookTargetGroups } from './target-groups.ts';
import { lookTaskDefinitions } from './task-definitions.ts';
import { lookVpc } from './vpc.ts';

/** The look of each noun: describes only. */
export const looks: { readonly [N in Name]: (see: See) => Promise<Items<Found[N]>> } = {
  vpc: lookVpc,
  subnets: lookSubnets,
  internetGateway: lookInternetGateway,
  publicRoutes: lookPublicRoutes,
  elasticIp: lookElasticIp,
  natGateway: lookNatGateway,
  privateRoutes: lookPrivateRoutes,
  securityGroups: lookSecurityGroups,
  logGroup: lookLogGroup,
  serviceLinkedRole: lookServiceLinkedRole,
  roles: lookRoles,
  repositories: lookRepositories,
  images: lookImages,
  cluster: lookCluster,
  loadBalancer: lookLoadBalancer,
  targetGroups: lookTargetGroups,
  listener: lookListener,
  rules: lookRules,
  taskDefinitions: lookTaskDefinitions,
  services: lookServices,
  hostedZone: lookHostedZone,
  record: lookRecord,
};

/**
 * Looks at everything, or at these nouns alone. Fails with the first look that fails, once all have ended.
 * A noun that was not looked at has no things; and the zones matter only to who may make something of all.
 */
export async function survey(see: See, nouns: readonly Name[] = names): Promise<Survey> {
  const look = async (name: Name): Promise<Items<unknown>> =>
    nouns.includes(name)
      ? reclaim(see, name, (await looks[name](see)) as Items<{ readonly tags: Tags }>)
      : new Map();
  const zones = nouns === names ? lookZones(see) : Promise.resolve([]);
  const found = names.map(async (name) => [name, await look(name)] as const);
  await settled<unknown>([zones, ...found]);
  return { zones: await zones, ...Object.fromEntries(await Promise.all(found)) } as unknown as Survey;
}
