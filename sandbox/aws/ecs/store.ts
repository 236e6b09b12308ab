/** What the sandbox holds of ECS in one region. */
import type {
  Cluster,
  CreateServiceRequest,
  Deployment,
  LoadBalancer,
  NetworkConfiguration,
  Service,
  ServiceDeployment,
  ServiceEvent,
  ServiceRevision,
  Tag,
  Task,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import { BOOKKEEPING, Table } from '../../world/table.ts';
import { clusterNotFound, invalid } from './errors.ts';
import { resource, type EcsTable } from './kinds.ts';

export interface ClusterRow extends Cluster {
  clusterArn: string;
  clusterName: string;
  /** `ACTIVE`, or `INACTIVE` when deleted: still describable. */
  status: string;
  tags: Tag[];
}
export interface TaskDefinitionRow extends TaskDefinition {
  taskDefinitionArn: string;
  family: string;
  revision: number;
  tags: Tag[];
}

/** One deployment of a service, with all that its tasks are made of: that is what a rollback goes back to. */
export interface DeploymentRow extends Deployment {
  /** `ecs-svc/…`. */
  id: string;
  /** `PRIMARY`, or `ACTIVE` while it is being replaced. */
  status: string;
  taskDefinition: string;
  rolloutState: NonNullable<Deployment['rolloutState']>;
  networkConfiguration: NetworkConfiguration;
  loadBalancers: LoadBalancer[];
  /** Tasks that failed one after the other: what the circuit breaker counts. */
  failedTasks: number;
  /** The digests that its images' tags stood for when it began: ECS pins them for all its tasks. */
  digests: Record<string, string>;
  /** Milliseconds since 1970 before which no task is started: the launch throttle. */
  restUntil?: number;
  /** Since when all is as it should be, in milliseconds since 1970. */
  steadySince?: number;
  /** A rollback that fails is not rolled back again. */
  isRollback?: boolean;
}
/** What `DescribeServiceDeployments` remembers of a deployment, and what it was to bring. */
export interface RolloutRow extends ServiceDeployment {
  serviceDeploymentArn: string;
  status: NonNullable<ServiceDeployment['status']>;
  createdAt: Date;
  deploymentId: string;
  revision: ServiceRevision;
}
export interface ServiceRow extends Service {
  serviceArn: string;
  serviceName: string;
  clusterArn: string;
  /** `ACTIVE`, `DRAINING` or `INACTIVE`. */
  status: string;
  taskDefinition: string;
  desiredCount: number;
  networkConfiguration: NetworkConfiguration;
  loadBalancers: LoadBalancer[];
  deploymentConfiguration: NonNullable<Service['deploymentConfiguration']>;
  /** The newest first. */
  deployments: DeploymentRow[];
  /** The newest first. */
  rollouts: RolloutRow[];
  /** The newest first. */
  events: ServiceEvent[];
  tags: Tag[];
  clientToken?: string;
  /** When it became `INACTIVE`. */
  inactiveAt?: Date;
  /** What its CreateService call asked for: a repeat with the same token must ask for the same. */
  asked?: CreateServiceRequest;
  /** The last deployment that was completed, as it was. */
  completed?: DeploymentRow;
  /** Whether it has said that it reached a steady state, and still has it. */
  steady: boolean;
  /** When the scheduler looks next, in milliseconds since 1970. */
  wakeAt?: number;
  /** How many tasks were started since somebody last looked: see the scheduler's note on the instant pace. */
  launches: number;
}
export interface TaskRow extends Task {
  taskArn: string;
  clusterArn: string;
  taskDefinitionArn: string;
  lastStatus: string;
  /** `RUNNING`, or `STOPPED` as soon as it is to end. */
  desiredStatus: string;
  containers: NonNullable<Task['containers']>;
  createdAt: Date;
  /** The service and the deployment that started it, if one did. */
  serviceArn?: string;
  deploymentId?: string;
  subnetId: string;
  securityGroups: string[];
  assignPublicIp: boolean;
  networkInterfaceId?: string;
  privateIp?: string;
  /** Where it is a target, or is to be one. */
  targets: { targetGroupArn: string; port: number }[];
  /** The data plane was told to start it, and not yet that it is stopped. */
  handedOver?: boolean;
  /** It died by itself: before it was RUNNING, or after. The scheduler counts it once. */
  failed?: 'start' | 'exit';
  counted?: boolean;
  /** Why the scheduler is going to replace it. */
  condemned?: string;
  /** It was healthy once. */
  proven?: boolean;
}

const isActive = ({ status }: { status?: string }): boolean => status !== 'INACTIVE';
const always = () => true;
const couldNotBeFound = (noun: string) => () => invalid(`The specified ${noun} could not be found.`);

/** The tables of ECS; the keys of resources are ARNs. A kind of resource is declared here and nowhere else. */
export const ecsStore = () => ({
  clusters: resource<ClusterRow>({
    arnType: 'cluster',
    listedBy: ['ListClusters'],
    isCounted: isActive,
    isTaggable: isActive,
    notTaggable: clusterNotFound,
  }),
  taskDefinitions: resource<TaskDefinitionRow>({
    arnType: 'task-definition',
    listedBy: ['ListTaskDefinitions', 'ListTaskDefinitionFamilies'],
    isCounted: ({ status }) => status === 'ACTIVE',
    isTaggable: always,
    notTaggable: couldNotBeFound('task definition'),
  }),
  services: resource<ServiceRow>({
    arnType: 'service',
    listedBy: ['ListServices'],
    isCounted: isActive,
    isTaggable: isActive,
    notTaggable: couldNotBeFound('service'),
  }),
  tasks: resource<TaskRow>({
    arnType: 'task',
    listedBy: ['ListTasks'],
    isCounted: ({ lastStatus }) => lastStatus !== 'STOPPED',
    isTaggable: always,
    notTaggable: couldNotBeFound('task'),
  }),
  /** The last revision number of each family; it is not reused after deletions. */
  families: new Table<{ revision: number }>(BOOKKEEPING),
});
export type EcsStore = ReturnType<typeof ecsStore>;

/** The tables of all kinds of resources; a table that is not one of these must be named here. */
export const resourceTables = ({ families: _, ...tables }: EcsStore): EcsTable<{ tags?: Tag[] }>[] =>
  Object.values(tables);
