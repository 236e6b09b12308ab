/** The survey: every look, one begun after the other and none waited for, whatever the state file says. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { nouns as allNouns } from '../model/architecture.ts';
import type { Noun, Items } from '../model/resources.ts';
import { waitForAll } from './concurrent.ts';
import type { Found, Survey } from '../look/found.ts';
import { restoreLostTags } from '../look/recorded.ts';
import { type Tags } from '../derive/tags.ts';
import type { LookContext } from '../look/context.ts';

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
export const looks: { readonly [N in Noun]: (context: LookContext) => Promise<Items<Found[N]>> } = {
  vpc: async (context) => (await of.ec2()).lookVpc(context),
  subnets: async (context) => (await of.ec2()).lookSubnets(context),
  internetGateway: async (context) => (await of.ec2()).lookInternetGateway(context),
  publicRoutes: async (context) => (await of.ec2()).lookPublicRoutes(context),
  elasticIp: async (context) => (await of.ec2()).lookElasticIp(context),
  natGateway: async (context) => (await of.ec2()).lookNatGateway(context),
  privateRoutes: async (context) => (await of.ec2()).lookPrivateRoutes(context),
  securityGroups: async (context) => (await of.ec2()).lookSecurityGroups(context),
  logGroup: async (context) => (await of.logs()).lookLogGroup(context),
  serviceLinkedRole: async (context) => (await of.iam()).lookServiceLinkedRole(context),
  roles: async (context) => (await of.iam()).lookRoles(context),
  repositories: async (context) => (await of.ecr()).lookRepositories(context),
  images: async (context) => (await of.ecr()).lookImages(context),
  cluster: async (context) => (await of.ecs()).lookCluster(context),
  loadBalancer: async (context) => (await of.elbv2()).lookLoadBalancer(context),
  targetGroups: async (context) => (await of.elbv2()).lookTargetGroups(context),
  listener: async (context) => (await of.elbv2()).lookListener(context),
  rules: async (context) => (await of.elbv2()).lookRules(context),
  taskDefinitions: async (context) => (await of.ecs()).lookTaskDefinitions(context),
  services: async (context) => (await of.ecs()).lookServices(context),
  hostedZone: async (context) => (await of.route53()).lookHostedZone(context),
  record: async (context) => (await of.route53()).lookRecord(context),
};

/** Those that ask most often one after the other, each time with what AWS answered before. */
const LONGEST: readonly Noun[] = [
  'record',
  'rules',
  'targetGroups',
  'loadBalancer',
  'roles',
  'taskDefinitions',
  'services',
];
const LONGEST_FIRST = [...new Set([...LONGEST, ...allNouns])];

/**
 * Looks at everything, or at these nouns alone. Fails with the first look that fails, once all have ended.
 * A noun that was not looked at has no things; and the zones matter only to who may make something of all.
 * @param meanwhile called when all have begun: AWS takes its time
 */
export async function survey(
  context: LookContext,
  nouns: readonly Noun[] = allNouns,
  meanwhile: () => void = () => undefined,
): Promise<Survey> {
  const look = async (name: Noun): Promise<Items<unknown>> =>
    restoreLostTags(context, name, (await looks[name](context)) as Items<{ readonly tags: Tags }>);
  // To make a request takes a while: the first is on its way before the last is made.
  const begun = new Map<Noun, Promise<Items<unknown>>>();
  let turn = Promise.resolve();
  for (const name of LONGEST_FIRST.filter((one) => nouns.includes(one))) {
    turn = turn.then(() => nextTurn());
    begun.set(
      name,
      turn.then(() => look(name)),
    );
  }
  const zones =
    nouns === allNouns ? turn.then(async () => (await of.ec2()).lookZones(context)) : Promise.resolve([]);
  const found = allNouns.map(async (name) => [name, (await begun.get(name)) ?? new Map()] as const);
  void turn.then(() => nextTurn()).then(meanwhile);
  await waitForAll<unknown>([zones, ...found]);
  return { zones: await zones, ...Object.fromEntries(await Promise.all(found)) } as unknown as Survey;
}
