/** Everything a survey can find: per noun, what one found thing says. */
import type { Items, Noun } from '../model/resources.ts';
import type { FoundCluster } from './cluster.ts';
import type { FoundElasticIp } from './elastic-ip.ts';
import type { FoundHostedZone } from './hosted-zone.ts';
import type { FoundImage } from './images.ts';
import type { FoundInternetGateway } from './internet-gateway.ts';
import type { FoundListener } from './listener.ts';
import type { FoundLoadBalancer } from './load-balancer.ts';
import type { FoundLogGroup } from './log-group.ts';
import type { FoundNatGateway } from './nat-gateway.ts';
import type { FoundRecord } from './record.ts';
import type { FoundRepository } from './repositories.ts';
import type { FoundRole } from './roles.ts';
import type { FoundRouteTable } from './route-tables.ts';
import type { FoundRule } from './rules.ts';
import type { FoundSecurityGroup } from './security-groups.ts';
import type { FoundService } from './services.ts';
import type { FoundServiceLinkedRole } from './service-linked-role.ts';
import type { FoundSubnet } from './subnets.ts';
import type { FoundTargetGroup } from './target-groups.ts';
import type { FoundTaskDefinition } from './task-definitions.ts';
import type { FoundVpc } from './vpc.ts';

export interface Found {
  vpc: FoundVpc;
  subnets: FoundSubnet;
  internetGateway: FoundInternetGateway;
  publicRoutes: FoundRouteTable;
  elasticIp: FoundElasticIp;
  natGateway: FoundNatGateway;
  privateRoutes: FoundRouteTable;
  securityGroups: FoundSecurityGroup;
  logGroup: FoundLogGroup;
  serviceLinkedRole: FoundServiceLinkedRole;
  roles: FoundRole;
  repositories: FoundRepository;
  images: FoundImage;
  cluster: FoundCluster;
  loadBalancer: FoundLoadBalancer;
  targetGroups: FoundTargetGroup;
  listener: FoundListener;
  rules: FoundRule;
  taskDefinitions: FoundTaskDefinition;
  services: FoundService;
  hostedZone: FoundHostedZone;
  record: FoundRecord;
}

/** What was found of every noun, and the zones that the region has. */
export type Survey = { readonly [N in Noun]: Items<Found[N]> } & {
  readonly zones: readonly string[];
};
