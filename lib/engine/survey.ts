/** The survey: every look, one begun after the other and none waited for, whatever the state file says. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { names } from '../model/architecture.ts';
import type { Name, Items } from '../model/resources.ts';
import { settled } from './concurrent.ts';
import type { Found, Survey } from '../look/found.ts';
import { reclaim } from '../look/recorded.ts';
import { type Tags } from '../derive/tags.ts';
import type { See } from '../look/context.ts';

/** The looks by the service that they ask: AWS's clients are large, and the first call leaves before the last is loaded. */
const of = {
  ec2: () => import('../look/by-service/ec2.ts'),
  logs: () => import('../look/by-service/logs.ts'),
  iam: () => import('../look/by-service/iam.ts'),
  ecr: () => import('../look/by-service/ecr.ts'),
  ecs: () => import('../look/by-service/ecs.ts'),
  elbv2: () => import('../look/by-service/elbv2.ts'),
  route53: () => import('../look/by-service/route53.ts'),
};

/** The look of each noun: describes only. */
export const looks: { readonly [N in Name]: (see: See) => Promise<Items<Found[N]>> } = {
  vpc: async (see) => (await of.ec2()).lookVpc(see),
  subnets: async (see) => (await of.ec2()).lookSubnets(see),
  internetGateway: async (see) => (await of.ec2()).lookInternetGateway(see),
  publicRoutes: async (see) => (await of.ec2()).lookPublicRoutes(see),
  elasticIp: async (see) => (await of.ec2()).lookElasticIp(see),
  natGateway: async (see) => (await of.ec2()).lookNatGateway(see),
  privateRoutes: async (see) => (await of.ec2()).lookPrivateRoutes(see),
  securityGroups: async (see) => (await of.ec2()).lookSecurityGroups(see),
  logGroup: async (see) => (await of.logs()).lookLogGroup(see),
  serviceLinkedRole: async (see) => (await of.iam()).lookServiceLinkedRole(see),
  roles: async (see) => (await of.iam()).lookRoles(see),
  repositories: async (see) => (await of.ecr()).lookRepositories(see),
  images: async (see) => (await of.ecr()).lookImages(see),
  cluster: async (see) => (await of.ecs()).lookCluster(see),
  loadBalancer: async (see) => (await of.elbv2()).lookLoadBalancer(see),
  targetGroups: async (see) => (await of.elbv2()).lookTargetGroups(see),
  listener: async (see) => (await of.elbv2()).lookListener(see),
  rules: async (see) => (await of.elbv2()).lookRules(see),
  taskDefinitions: async (see) => (await of.ecs()).lookTaskDefinitions(see),
  services: async (see) => (await of.ecs()).lookServices(see),
  hostedZone: async (see) => (await of.route53()).lookHostedZone(see),
  record: async (see) => (await of.route53()).lookRecord(see),
};

/** Those that ask most often one after the other, each time with what AWS answered before. */
const LONGEST: readonly Name[] = [
  'record',
  'rules',
  'targetGroups',
  'loadBalancer',
  'roles',
  'taskDefinitions',
  'services',
];
const LONGEST_FIRST = [...new Set([...LONGEST, ...names])];

/**
 * Looks at everything, or at these nouns alone. Fails with the first look that fails, once all have ended.
 * A noun that was not looked at has no things; and the zones matter only to who may make something of all.
 * @param meanwhile called when all have begun: AWS takes its time
 */
export async function survey(
  see: See,
  nouns: readonly Name[] = names,
  meanwhile: () => void = () => undefined,
): Promise<Survey> {
  const look = async (name: Name): Promise<Items<unknown>> =>
    reclaim(see, name, (await looks[name](see)) as Items<{ readonly tags: Tags }>);
  // To make a request takes a while: the first is on its way before the last is made.
  const begun = new Map<Name, Promise<Items<unknown>>>();
  let turn = Promise.resolve();
  for (const name of LONGEST_FIRST.filter((one) => nouns.includes(one))) {
    turn = turn.then(() => nextTurn());
    begun.set(
      name,
      turn.then(() => look(name)),
    );
  }
  const zones =
    nouns === names ? turn.then(async () => (await of.ec2()).lookZones(see)) : Promise.resolve([]);
  const found = names.map(async (name) => [name, (await begun.get(name)) ?? new Map()] as const);
  void turn.then(() => nextTurn()).then(meanwhile);
  await settled<unknown>([zones, ...found]);
  return { zones: await zones, ...Object.fromEntries(await Promise.all(found)) } as unknown as Survey;
}
