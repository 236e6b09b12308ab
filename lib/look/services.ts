/** Finds our ECS services in our cluster; inactive ones count as absent. */
import {
  DescribeServicesCommand,
  ListServicesCommand,
  type DeploymentConfiguration,
  type Service,
} from '@aws-sdk/client-ecs';
import { batchesOf } from '../aws/batches.ts';
import { isRouted } from '../config/config.ts';
import type { Clock } from '../model/clock.ts';
import { loadBalancerText, targetGroupArnsOf } from '../derive/load-balancer-text.ts';
import { configuredServiceName } from '../derive/names.ts';
import { allPages } from '../aws/pages.ts';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { readTags, STACK_TAG, type Tags } from '../derive/tags.ts';
import { perClient, perName, batched } from '../aws/batched-calls.ts';
import { ifFound } from './if-found.ts';
import type { ServiceHealth } from './service-health.ts';
import { lookScaling, type Scaling } from './scaling.ts';
import { indexByKey, type LookContext } from './context.ts';

export interface FoundService extends Readonly<Ids['services']> {
  readonly serviceName: string;
  /** `ACTIVE` or `DRAINING`. */
  readonly status: string;
  readonly taskDefinitionArn: string;
  readonly desiredCount: number;
  /** The number of running tasks of all its deployments. */
  readonly runningCount: number;
  /** Looked up only if the count differs from the configured count. If the lookup finds nothing, the difference is drift. */
  readonly scaling: Scaling | undefined;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly assignPublicIp: boolean;
  /** `<container>:<port> → <target group ARN>`, sorted; see `loadBalancerText`. */
  readonly loadBalancers: readonly string[];
  /** The target groups that its tasks may join. */
  readonly targetGroupArns: readonly string[];
  /** Undefined if the endpoint does not report it, as with moto. */
  readonly graceSeconds: number | undefined;
  /** Whether its new tasks have ECS Exec; undefined if the endpoint does not report it, as with moto. */
  readonly allowsExec?: boolean | undefined;
  /** The deployment settings; undefined if the endpoint does not report them. */
  readonly deployment: DeploymentConfiguration | undefined;
  /** The rollout of the primary deployment: `IN_PROGRESS`, `COMPLETED` or `FAILED`. */
  readonly rollout: string;
  /** The health of its tasks; undefined if this was not looked up. */
  readonly health?: ServiceHealth | undefined;
  /** The time of creation, which is shown for a resource of another owner. */
  readonly createdAt?: Date | undefined;
  readonly tags: Tags;
}

/** Whether Application Auto Scaling controls the count of a service. */
export const isAutoScaled = ({ scaling }: FoundService): boolean => scaling !== undefined && 'min' in scaling;

const BATCH_SIZE = 10;

/**
 * Returns the key of a former ECS service. Another ECS service for the same configured service replaces it, or has already
 * replaced it.
 */
export const formerServiceKey = (key: string): string => `${key}${FORMER}`;
export const isFormerServiceKey = (key: string): boolean => key.includes(FORMER);
/** Returns the name of the configured service to which a key belongs. */
export const serviceOfKey = (key: string): string => key.split(FORMER)[0] ?? key;
const FORMER = '~former';

/**
 * Describes the desired services by name, since the list of services hides draining ones. The list is used only to find other
 * services.
 */
export async function lookServices(context: LookContext): Promise<Items<FoundService>> {
  const { aws, names, config } = context;
  const configuredServices = new Map(config.services.map((service) => [service.name, service]));
  const desiredNames = new Set(config.services.map((service) => names.service(service)));
  const [described, listed] = await Promise.all([
    describeServices(aws, names.cluster, [...desiredNames]),
    listServices(context),
  ]);
  const otherNames = listed.filter((name) => !desiredNames.has(name));
  // Someone else's service in our cluster only matters if it has a name that we need.
  const found = [...described, ...(await describeServices(aws, names.cluster, otherNames))]
    .map(read)
    .filter(({ serviceName, tags }) => tags[STACK_TAG] === names.stack || desiredNames.has(serviceName))
    .sort(byPreference(context));
  const differingCounts = found
    .filter(({ serviceName, status, desiredCount }) => {
      const count = configuredServices.get(configuredServiceName(serviceName))?.count ?? desiredCount;
      return status === 'ACTIVE' && desiredCount !== count;
    })
    .map(({ serviceName, desiredCount }) => [serviceName, desiredCount] as const);
  const scaling = await lookScaling(context, new Map(differingCounts));
  const withScaling = found.map((service) => ({ ...service, scaling: scaling.get(service.serviceName) }));
  const firstOf = new Map(
    withScaling.toReversed().map((service) => [configuredServiceName(service.serviceName), service]),
  );
  return indexByKey(withScaling, (service) => {
    const key = configuredServiceName(service.serviceName);
    return firstOf.get(key) === service ? key : formerServiceKey(key);
  });
}

/**
 * Returns the order in which the ECS services of one configured service get its key. The first is the one that is attached to
 * exactly the desired target groups: it has already replaced the others, or is about to. The next are active services, then our
 * own, then the one with the configured name.
 */
function byPreference({ config, names }: LookContext): (one: FoundService, other: FoundService) => number {
  const desiredGroups = new Map(
    config.services.map(({ name, containers }) => [
      name,
      containers.filter(isRouted).map((container) => names.targetGroup(container)),
    ]),
  );
  const rank = ({ serviceName, status, loadBalancers, tags }: FoundService): number => {
    const desired = new Set(desiredGroups.get(configuredServiceName(serviceName)));
    const attached = loadBalancers.map((entry) => /:targetgroup\/([^/]+)/.exec(entry)?.[1] ?? '');
    const missing = [...desired].filter((name) => !attached.includes(name)).length;
    return [
      status === 'ACTIVE',
      tags[STACK_TAG] === names.stack,
      missing === 0,
      missing === 0 && attached.length === desired.size,
      configuredServiceName(serviceName) === serviceName,
    ].reduce((total, isTrue) => total * 2 + Number(isTrue), 0);
  };
  return (one, other) => rank(other) - rank(one);
}

/** Lists the names of the services in our cluster, including those of others. */
export async function listServices({
  aws,
  names: { cluster },
}: Pick<LookContext, 'aws' | 'names'>): Promise<string[]> {
  const arns = await ifFound(() =>
    allPages(async (nextToken) => {
      const page = await aws.ecs(new ListServicesCommand({ cluster, maxResults: 100, nextToken }));
      return { items: page.serviceArns ?? [], next: page.nextToken };
    }),
  );
  return (arns ?? []).map((arn) => arn.split('/').at(-1) ?? '');
}

/**
 * Describes services by name, ten per call, and leaves out missing ones. ECS reports a missing service as an entry of
 * `failures`, and lists a deleted service as `INACTIVE` for a while.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
 */
export async function describeServices(
  aws: LookContext['aws'],
  cluster: string,
  serviceNames: readonly string[],
): Promise<Service[]> {
  const responses = await Promise.all(
    batchesOf(serviceNames, BATCH_SIZE).map((services) =>
      ifFound(() => aws.ecs(new DescribeServicesCommand({ cluster, services, include: ['TAGS'] }))),
    ),
  );
  return responses
    .flatMap((response) => response?.services ?? [])
    .filter(({ status }) => status !== 'INACTIVE');
}

/** Describes one service of a cluster, and shares the call with other services that are described at the same moment. */
const describeBatched = perClient((aws: LookContext['aws']) =>
  perName((cluster) =>
    batched(BATCH_SIZE, async (names) => {
      const services = await describeServices(aws, cluster, names);
      return (name) => services.find(({ serviceName }) => serviceName === name);
    }),
  ),
);

/**
 * Describes a service that is waited for; concurrent waits share calls, ten services per call.
 * @param service its name in ECS
 */
export const describeService = (
  { aws, names, clock }: Pick<LookContext, 'aws' | 'names'> & { readonly clock: Clock },
  service: string,
): Promise<Service | undefined> => describeBatched(aws)(names.cluster)(service, clock);

function read(service: Service): FoundService {
  const network = service.networkConfiguration?.awsvpcConfiguration;
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY');
  return {
    serviceArn: service.serviceArn ?? '',
    serviceName: service.serviceName ?? '',
    status: service.status ?? '',
    taskDefinitionArn: service.taskDefinition ?? '',
    desiredCount: service.desiredCount ?? 0,
    runningCount: service.runningCount ?? 0,
    scaling: undefined,
    subnetIds: network?.subnets ?? [],
    securityGroupIds: network?.securityGroups ?? [],
    assignPublicIp: network?.assignPublicIp === 'ENABLED',
    loadBalancers: (service.loadBalancers ?? []).map(loadBalancerText).sort(),
    targetGroupArns: (service.loadBalancers ?? []).flatMap(targetGroupArnsOf),
    graceSeconds: service.healthCheckGracePeriodSeconds,
    allowsExec: service.enableExecuteCommand,
    deployment: service.deploymentConfiguration,
    rollout: primary?.rolloutState ?? '',
    createdAt: service.createdAt,
    tags: readTags(service.tags),
  };
}
