/** The survey: runs the looks of all nouns concurrently, regardless of the state file. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { secretReferencesIn } from '../derive/secrets.ts';
import { namesIdentities } from '../derive/task-permissions.ts';
import type { LookContext } from '../look/context.ts';
import type { Found, Survey } from '../look/found.ts';
import { restoreLostTags } from '../look/recorded.ts';
import {
  architecture,
  declarationOf,
  nouns as allNouns,
  type AwsService,
  type Noun,
} from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { waitForAll } from './concurrent.ts';

/** The look of a noun: finds its resources, and changes nothing. */
type Look<Resource> = (context: LookContext) => Promise<Items<Resource>>;

/** The modules with the looks of each service. A module is loaded when first needed, since AWS's clients are large. */
const modules = {
  acm: () => import('../look/by-service/acm.ts'),
  ec2: () => import('../look/by-service/ec2.ts'),
  logs: () => import('../look/by-service/logs.ts'),
  iam: () => import('../look/by-service/iam.ts'),
  ecr: () => import('../look/by-service/ecr.ts'),
  ecs: () => import('../look/by-service/ecs.ts'),
  elbv2: () => import('../look/by-service/elbv2.ts'),
  route53: () => import('../look/by-service/route53.ts'),
  s3: () => import('../look/by-service/s3.ts'),
} satisfies Readonly<Record<AwsService, () => Promise<object>>>;

/** Runs the look of one noun. */
export async function look<N extends Noun>(noun: N, context: LookContext): Promise<Items<Found[N]>> {
  const looks = (await modules[architecture[noun].service]()) as unknown as {
    readonly [M in N]: Look<Found[M]>;
  };
  return looks[noun](context);
}

const depthOf = (noun: Noun): number => declarationOf(noun).lookDepth ?? 0;

/** The nouns, sorted by the number of sequential calls in their looks, so that the longest looks start first. */
const NOUNS_BY_DEPTH = [...allNouns].sort((one, other) => depthOf(other) - depthOf(one));

/**
 * Runs the look of every noun, or only of the given ones. A noun that is left out has no resources in the survey. The
 * availability zones, the surroundings of the domain, the alarms, the secrets, the roles and the bucket of others, and the web ACL are
 * read only if no noun is left out.
 * @param onAllStarted called when all looks have started, while their responses are pending
 * @throws the error of the first look that failed, once all looks have ended
 */
export async function survey(
  context: LookContext,
  nouns: readonly Noun[] = allNouns,
  onAllStarted: () => void = () => undefined,
): Promise<Survey> {
  const lookAt = async (noun: Noun): Promise<Items<Found[Noun]>> =>
    restoreLostTags(context, noun, await look(noun, context));
  // Preparing a request takes a while, so each is sent before the next one is prepared.
  const started = new Map<Noun, Promise<Items<Found[Noun]>>>();
  let lastTurn = Promise.resolve();
  for (const noun of NOUNS_BY_DEPTH.filter((noun) => nouns.includes(noun))) {
    lastTurn = lastTurn.then(() => nextTurn());
    started.set(
      noun,
      lastTurn.then(() => lookAt(noun)),
    );
  }
  /** Starts another look after those of the nouns, if the survey needs it. */
  const lookIf = <T>(isNeeded: boolean, lookAtOthers: () => Promise<T>): Promise<T | undefined> =>
    isNeeded ? lastTurn.then(lookAtOthers) : Promise.resolve(undefined);
  const { config } = context;
  const isComplete = nouns === allNouns;
  const bucket = config.accessLogs?.bucket;
  const others = {
    zones: lookIf(isComplete, async () => (await modules.ec2()).lookAvailabilityZones(context)),
    domain: lookIf(isComplete && config.domain !== undefined, async () =>
      (await modules.route53()).lookDomain(context),
    ),
    alarms: lookIf(isComplete && config.services.some(({ deploy }) => deploy.alarms.length > 0), async () =>
      (await import('../look/alarms.ts')).lookAlarms(context),
    ),
    secrets: lookIf(isComplete && secretReferencesIn(config).length > 0, async () =>
      (await import('../look/secrets.ts')).lookSecrets(context),
    ),
    identities: lookIf(isComplete && namesIdentities(config), async () =>
      (await import('../look/identities.ts')).lookIdentities(context),
    ),
    logBucketOfUser: lookIf(isComplete && bucket !== undefined, async () =>
      (await import('../look/log-destination.ts')).lookLogDestination(context, bucket ?? ''),
    ),
    webAcl: lookIf(isComplete && config.waf !== undefined, async () =>
      (await import('../look/web-acl.ts')).lookWebAcl(context),
    ),
    shared: lookIf(config.loadBalancer !== undefined, async () =>
      (await import('../look/shared-balancer.ts')).lookSharedBalancer(context),
    ),
  };
  const found = allNouns.map(async (noun) => [noun, (await started.get(noun)) ?? new Map()] as const);
  void lastTurn.then(() => nextTurn()).then(onAllStarted);
  await waitForAll<unknown>([...Object.values(others), ...found]);
  const results = Object.entries(others).map(async ([name, pending]) => [name, await pending] as const);
  return {
    ...Object.fromEntries(await Promise.all(results)),
    zones: (await others.zones) ?? [],
    ...Object.fromEntries(await Promise.all(found)),
  } as unknown as Survey;
}
