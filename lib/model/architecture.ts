/** The architecture: every noun, and what must be there before it. Both rooms walk this graph. */
import type { Noun } from './resources.ts';

/**
 * What each noun needs. Long waits start first by themselves: a step starts as soon as its needs are done.
 * Targets wait for egress, not for the load balancer; the service waits for rules, since ECS refuses a target
 * group that no rule names; the record comes last, so that DNS never points at nothing.
 */
export const needs = {
  serviceLinkedRole: [],
  roles: [],
  logGroup: [],
  repositories: [],
  images: ['repositories'],
  vpc: [],
  internetGateway: ['vpc'],
  subnets: ['vpc'],
  securityGroups: ['vpc'],
  publicRoutes: ['vpc', 'subnets', 'internetGateway'],
  elasticIp: [],
  natGateway: ['elasticIp', 'subnets', 'internetGateway', 'publicRoutes'],
  privateRoutes: ['vpc', 'subnets', 'natGateway'],
  loadBalancer: ['subnets', 'securityGroups', 'internetGateway'],
  targetGroups: ['vpc'],
  listener: ['loadBalancer'],
  rules: ['listener', 'targetGroups'],
  cluster: ['serviceLinkedRole'],
  taskDefinitions: ['roles', 'logGroup', 'images'],
  services: [
    'cluster',
    'taskDefinitions',
    'rules',
    'targetGroups',
    'subnets',
    'securityGroups',
    'privateRoutes',
    'loadBalancer',
  ],
  hostedZone: [],
  record: ['hostedZone', 'loadBalancer', 'services'],
} as const satisfies { readonly [N in Noun]: readonly Noun[] };

/** The nouns that a noun needs. */
export type Needs<N extends Noun> = (typeof needs)[N][number];

export const nouns = Object.keys(needs) as Noun[];
