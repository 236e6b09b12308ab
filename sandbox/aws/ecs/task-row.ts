/** The rows of new tasks, which are PROVISIONING and have no address yet. */
import type {
  Container,
  ContainerDefinition,
  NetworkConfiguration,
  Tag,
  TaskOverride,
} from '@aws-sdk/client-ecs';
import { ownProperty } from '../../own-property.ts';
import type { Region } from '../../world/region.ts';
import { parseReference, referencedRepository, imageByTagOrDigest } from '../ecr/references.ts';
import { newAgent } from './execute-agent.ts';
import { shortName, newTaskId } from './lookups.ts';
import { securityGroupsFor } from './network-rules.ts';
import type { TaskDefinitionRow, TaskRow } from './store.ts';
import { overridesView } from './task-overrides.ts';

/** The default size of Fargate's ephemeral storage. A task definition can only increase it. */
const STORAGE_GIB = 20;

export interface TaskRequest {
  readonly clusterArn: string;
  /** The definition with the task's overrides applied. */
  readonly definition: TaskDefinitionRow;
  /** These overrides are already applied to the definition. */
  readonly overrides?: TaskOverride;
  readonly network: NetworkConfiguration;
  readonly subnetId: string;
  /** `FARGATE` or `FARGATE_SPOT`, when a capacity provider strategy selected it. */
  readonly capacityProviderName?: string;
  readonly group: string;
  readonly startedBy?: string;
  readonly tags: Tag[];
  readonly enableExecuteCommand?: boolean;
  /** The digest of each image reference. */
  readonly digests: Readonly<Record<string, string>>;
  readonly serviceArn?: string;
  readonly deploymentId?: string;
  readonly targets?: TaskRow['targets'];
}

/**
 * Adds a new task, which is PROVISIONING. `task-life.ts` handles its later states.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
 */
export function addTask(region: Region, request: TaskRequest): TaskRow {
  const { definition, network, subnetId } = request;
  const id = newTaskId(region);
  const cluster = shortName(request.clusterArn);
  const taskArn = region.arn('ecs', `task/${cluster}/${id}`);
  const sizeInGiB = definition.ephemeralStorage?.sizeInGiB ?? STORAGE_GIB;
  const { securityGroups, assignPublicIp } = network.awsvpcConfiguration ?? {};
  const containers = (definition.containerDefinitions ?? []).map((container) => ({
    ...newContainer(container, request.digests),
    ...(request.enableExecuteCommand && { managedAgents: [newAgent()] }),
    containerArn: region.arn('ecs', `container/${cluster}/${id}/${region.uuid()}`),
    taskArn,
  }));
  return region.ecs.tasks.set(taskArn, {
    taskArn,
    clusterArn: request.clusterArn,
    taskDefinitionArn: definition.taskDefinitionArn,
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    containers,
    attachments: [
      {
        id: region.uuid(),
        type: 'ElasticNetworkInterface',
        status: 'PRECREATED',
        details: [{ name: 'subnetId', value: subnetId }],
      },
    ],
    attributes: [
      {
        name: 'ecs.cpu-architecture',
        value: definition.runtimePlatform?.cpuArchitecture === 'ARM64' ? 'arm64' : 'x86_64',
      },
    ],
    availabilityZone: region.ec2.subnets.get(subnetId)?.AvailabilityZone,
    cpu: definition.cpu,
    memory: definition.memory,
    createdAt: region.now(),
    launchType: 'FARGATE',
    capacityProviderName: request.capacityProviderName,
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    ephemeralStorage: { sizeInGiB },
    fargateEphemeralStorage: { sizeInGiB },
    enableExecuteCommand: request.enableExecuteCommand ?? false,
    group: request.group,
    startedBy: request.startedBy,
    overrides: overridesView(definition, request.overrides),
    tags: request.tags,
    version: 1,
    subnetId,
    securityGroups: securityGroupsFor(region, subnetId, securityGroups),
    assignPublicIp: assignPublicIp === 'ENABLED',
    serviceArn: request.serviceArn,
    deploymentId: request.deploymentId,
    targets: request.targets ?? [],
  });
}

function newContainer(
  { name, image = '', cpu = 0, memory, memoryReservation }: ContainerDefinition,
  digests: Readonly<Record<string, string>>,
): Container {
  return {
    name,
    image,
    imageDigest: ownProperty(digests, image),
    lastStatus: 'PENDING',
    networkInterfaces: [],
    cpu: String(cpu),
    memory: memory?.toString(),
    memoryReservation: memoryReservation?.toString(),
  };
}

/**
 * Returns the digests to which image tags in ECR currently point. ECS uses these digests for the whole deployment.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html#deployment-container-image-stability
 */
export function digestsOf(
  region: Region,
  { containerDefinitions = [] }: TaskDefinitionRow,
): Record<string, string> {
  const found = containerDefinitions
    .filter(({ versionConsistency }) => versionConsistency !== 'disabled')
    .map(({ image = '' }) => {
      const reference = parseReference(image);
      const repository = referencedRepository(region, reference);
      return [
        image,
        reference.digest ?? (repository && imageByTagOrDigest(repository, reference.tag)?.digest),
      ] as const;
    });
  return Object.fromEntries(found.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
