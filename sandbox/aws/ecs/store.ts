/** The tables of ECS in one region. */
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
import { makeEcsTable, type EcsTable } from './kinds.ts';

export interface ClusterRow extends Cluster {
  clusterArn: string;
  clusterName: string;
  /** `ACTIVE`, or `INACTIVE` when deleted; an INACTIVE cluster can still be described. */
  status: string;
  tags: Tag[];
}
export interface TaskDefinitionRow extends TaskDefinition {
  taskDefinitionArn: string;
  family: string;
  revision: number;
  tags: Tag[];
}

/** One deployment of a service with all settings of its tasks, so that a rollback can restore it. */
export interface DeploymentRow extends Deployment {
  /** `ecs-svc/…`. */
  id: string;
  /** `PRIMARY`, or `ACTIVE` while it is being replaced. */
  status: string;
  taskDefinition: string;
  rolloutState: NonNullable<Deployment['rolloutState']>;
  networkConfiguration: NetworkConfiguration;
  loadBalancers: LoadBalancer[];
  /** The number of consecutive failed tasks, for the circuit breaker. */
  failedTasks: number;
  /** The digests to which the image tags pointed when the deployment began. ECS pins them for all its tasks. */
  digests: Record<string, string>;
  /** The launch throttle: no task starts before this time, in milliseconds since 1970. */
  restUntil?: number;
  /** The time since which the deployment has been steady, in milliseconds since 1970. */
  steadySince?: number;
  /** A rollback that fails is not rolled back again. */
  isRollback?: boolean;
}
/** A deployment as `DescribeServiceDeployments` shows it, and the revision that it deploys. */
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
  /** The time at which the service became `INACTIVE`. */
  inactiveAt?: Date;
  /** The input of its CreateService call: a repeat with the same token must have the same input. */
  asked?: CreateServiceRequest;
  /** The last completed deployment, as it was on completion. */
  completed?: DeploymentRow;
  /** Whether it is still in the steady state that it last reported. */
  steady: boolean;
  /** The time of the scheduler's next check, in milliseconds since 1970. */
  wakeAt?: number;
  /** The number of tasks started since a call last read the service; see `lookAtServices` on the instant pace. */
  launches: number;
}
export interface TaskRow extends Task {
  taskArn: string;
  clusterArn: string;
  taskDefinitionArn: string;
  lastStatus: string;
  /** `RUNNING`, or `STOPPED` once it must end. */
  desiredStatus: string;
  containers: NonNullable<Task['containers']>;
  createdAt: Date;
  /** The service and the deployment that started it, if any. */
  serviceArn?: string;
  deploymentId?: string;
  subnetId: string;
  securityGroups: string[];
  assignPublicIp: boolean;
  networkInterfaceId?: string;
  privateIp?: string;
  /** The target groups in which it is or will be a target. */
  targets: { targetGroupArn: string; port: number }[];
  /** Whether the data plane was asked to start it and has not reported its end. */
  handedOver?: boolean;
  /** Set when the task ended on its own: `start` before RUNNING, `exit` afterwards. */
  failed?: 'start' | 'exit';
  /** Whether the scheduler has already counted this failure. */
  counted?: boolean;
  /** The reason why the scheduler will replace the task. */
  condemned?: string;
  /** Whether it has been healthy. */
  proven?: boolean;
}

const isActive = ({ status }: { status?: string }): boolean => status !== 'INACTIVE';
const always = () => true;
const couldNotBeFound = (noun: string) => () => invalid(`The specified ${noun} could not be found.`);

/** The tables of ECS, keyed by ARN. Each kind of resource is declared only here. */
export const ecsStore = () => ({
  clusters: makeEcsTable<ClusterRow>({
    arnType: 'cluster',
    listedBy: ['ListClusters'],
    isCounted: isActive,
    isTaggable: isActive,
    notTaggable: clusterNotFound,
  }),
  taskDefinitions: makeEcsTable<TaskDefinitionRow>({
    arnType: 'task-definition',
    listedBy: ['ListTaskDefinitions', 'ListTaskDefinitionFamilies'],
    isCounted: ({ status }) => status === 'ACTIVE',
    isTaggable: always,
    notTaggable: couldNotBeFound('task definition'),
  }),
  services: makeEcsTable<ServiceRow>({
    arnType: 'service',
    listedBy: ['ListServices'],
    isCounted: isActive,
    isTaggable: isActive,
    notTaggable: couldNotBeFound('service'),
  }),
  tasks: makeEcsTable<TaskRow>({
    arnType: 'task',
    listedBy: ['ListTasks'],
    isCounted: ({ lastStatus }) => lastStatus !== 'STOPPED',
    isTaggable: always,
    notTaggable: couldNotBeFound('task'),
  }),
  /** The last revision number of each family; numbers are not reused after deletions. */
  families: new Table<{ revision: number }>(BOOKKEEPING),
});
export type EcsStore = ReturnType<typeof ecsStore>;

/** The tables of all kinds of resources; every other table must be excluded here by name. */
export const resourceTables = ({ families: _, ...tables }: EcsStore): EcsTable<{ tags?: Tag[] }>[] =>
  Object.values(tables);
