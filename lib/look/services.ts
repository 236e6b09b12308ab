/** Finds our ECS services in our cluster; inactive ones count as absent. */
import {
  DescribeServicesCommand,
  ListServicesCommand,
  type DeploymentConfiguration,
  type LoadBalancer,
  type Service,
} from '@aws-sdk/client-ecs';
import { batchesOf } from '../aws/batches.ts';
import type { Clock } from '../model/clock.ts';
import { configuredServiceName } from '../derive/names.ts';
import { allPages } from '../aws/pages.ts';
import type { Ids } from '../model/architecture.ts';
import type { Items } from '../model/resources.ts';
import { readTags, STACK_TAG, type Tags } from '../derive/tags.ts';
import { perClient, perName, batched } from '../aws/batched-calls.ts';
import { ifFound } from './if-found.ts';
import { lookScaling, type Scaling } from './scaling.ts';
import { indexByKey, type LookContext } from './context.ts';

export interface FoundService extends Readonly<Ids['services']> {
  readonly serviceName: string;
  /** `ACTIVE` or `DRAINING`. */
  readonly status: string;
  readonly taskDefinitionArn: string;
  readonly desiredCount: number;
  /** Asked for only where the count is not the configured one; undefined when that is drift. */
  readonly scaling: Scaling | undefined;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly assignPublicIp: boolean;
  /** `<container>:<port> → <target group ARN>`, sorted. */
  readonly loadBalancers: readonly string[];
  /** Undefined where the endpoint does not tell: moto does not. */
  readonly graceSeconds: number | undefined;
  /** Deployment settings in one line of text, see `deploymentText`; undefined likewise. */
  readonly deployment: string | undefined;
  /** The rollout of the primary deployment: `IN_PROGRESS`, `COMPLETED` or `FAILED`. */
  readonly rollout: string;
  /** When it was made, for those who wonder whose it is. */
  readonly createdAt?: Date | undefined;
  readonly tags: Tags;
}

/** Whether the count of a service is Application Auto Scaling's business. */
export const isAutoScaled = ({ scaling }: FoundService): boolean => scaling !== undefined && 'min' in scaling;

const BATCH = 10;

/** The key of an ECS service while another one is, or takes, the service of the configuration. */
export const formerServiceKey = (key: string): string => `${key}${FORMER}`;
export const isFormerServiceKey = (key: string): boolean => key.includes(FORMER);
const FORMER = '~former';

/** The wanted names are asked for at once: the list hides services that are draining, and only adds others. */
export async function lookServices(context: LookContext): Promise<Items<FoundService>> {
  const { aws, names, config } = context;
  const configured = new Map(config.services.map((service) => [service.name, service]));
  const wanted = new Set(config.services.map((service) => names.service(service)));
  const [described, listed] = await Promise.all([
    describeServices(aws, names.cluster, [...wanted]),
    list(context),
  ]);
  const others = listed.filter((name) => !wanted.has(name));
  // Somebody else's service in our cluster matters only where it has a name that we want.
  const found = [...described, ...(await describeServices(aws, names.cluster, others))]
    .map(read)
    .filter(({ serviceName, tags }) => tags[STACK_TAG] === names.stack || wanted.has(serviceName));
  const counts = found
    .filter(({ serviceName, status, desiredCount }) => {
      const count = configured.get(configuredServiceName(serviceName))?.count ?? desiredCount;
      return status === 'ACTIVE' && desiredCount !== count;
    })
    .map(({ serviceName, desiredCount }) => [serviceName, desiredCount] as const);
  const scaling = await lookScaling(context, new Map(counts));
  return indexByKey(
    found.map((one) => ({ ...one, scaling: scaling.get(one.serviceName) })),
    ({ serviceName }) => {
      const key = configuredServiceName(serviceName);
      return wanted.has(serviceName) || !configured.has(key) ? key : formerServiceKey(key);
    },
  );
}

async function list({ aws, names: { cluster } }: LookContext): Promise<string[]> {
  const arns = await ifFound(() =>
    allPages(async (nextToken) => {
      const page = await aws.ecs(new ListServicesCommand({ cluster, maxResults: 100, nextToken }));
      return { items: page.serviceArns ?? [], next: page.nextToken };
    }),
  );
  return (arns ?? []).map((arn) => arn.split('/').at(-1) ?? '');
}

/**
 * Services that are there, by name, ten a call; what is missing is a `failures` entry, what was deleted stays as
 * `INACTIVE`.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
 */
export async function describeServices(
  aws: LookContext['aws'],
  cluster: string,
  all: readonly string[],
): Promise<Service[]> {
  const answers = await Promise.all(
    batchesOf(all, BATCH).map((services) =>
      ifFound(() => aws.ecs(new DescribeServicesCommand({ cluster, services, include: ['TAGS'] }))),
    ),
  );
  return answers.flatMap((answer) => answer?.services ?? []).filter(({ status }) => status !== 'INACTIVE');
}

/** By cluster: asks about one service, and shares the call with whoever asks in the same moment. */
const describeBatched = perClient((aws: LookContext['aws']) =>
  perName((cluster) =>
    batched(BATCH, async (names) => {
      const services = await describeServices(aws, cluster, names);
      return (name) => services.find(({ serviceName }) => serviceName === name);
    }),
  ),
);

/**
 * A service that is waited for, as it is now: with fifty of them, ten are looked at a call.
 * @param service its name in ECS
 */
export const describeService = (
  { aws, names, clock }: Pick<LookContext, 'aws' | 'names'> & { readonly clock: Clock },
  service: string,
): Promise<Service | undefined> => describeBatched(aws)(names.cluster)(service, clock);

export const loadBalancerText = ({ containerName, containerPort, targetGroupArn }: LoadBalancer): string =>
  `${containerName}:${containerPort} → ${targetGroupArn}`;

/** The deployment settings that we set, in one line. */
export function deploymentText(configuration: DeploymentConfiguration): string {
  const { minimumHealthyPercent, maximumPercent, deploymentCircuitBreaker: breaker } = configuration;
  return `${minimumHealthyPercent}–${maximumPercent} %, breaker ${breaker?.enable ? 'on' : 'off'}, rollback ${breaker?.rollback ? 'on' : 'off'}`;
}

function read(service: Service): FoundService {
  const network = service.networkConfiguration?.awsvpcConfiguration;
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY');
  return {
    serviceArn: service.serviceArn ?? '',
    serviceName: service.serviceName ?? '',
    status: service.status ?? '',
    taskDefinitionArn: service.taskDefinition ?? '',
    desiredCount: service.desiredCount ?? 0,
    scaling: undefined,
    subnetIds: network?.subnets ?? [],
    securityGroupIds: network?.securityGroups ?? [],
    assignPublicIp: network?.assignPublicIp === 'ENABLED',
    loadBalancers: (service.loadBalancers ?? []).map(loadBalancerText).sort(),
    graceSeconds: service.healthCheckGracePeriodSeconds,
    deployment: service.deploymentConfiguration && deploymentText(service.deploymentConfiguration),
    rollout: primary?.rolloutState ?? '',
    createdAt: service.createdAt,
    tags: readTags(service.tags),
  };
}
