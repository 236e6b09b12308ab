/** The tables of ECS in one region. */
import type {
  Cluster,
  CreateServiceRequest,
  Deployment,
  LoadBalancer,
  NetworkConfiguration,
  RunTaskRequest,
  Service,
  ServiceDeployment,
  ServiceEvent,
  ServiceRevision,
  Setting,
  Tag,
  Task,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import { BOOKKEEPING, Table } from '../../world/table.ts';
import { clusterNotFound, invalid } from './errors.ts';
import { makeEcsTable, type EcsTable } from './kinds.ts';
import type { ProgressRow } from './strategies/rows.ts';

export interface ClusterRow extends Cluster {
  clusterArn: string;
  clusterName: string;
  /** `ACTIVE`, or `INACTIVE` after the deletion. An INACTIVE cluster can still be described. */
  status: string;
  tags: Tag[];
}
export interface TaskDefinitionRow extends TaskDefinition {
  taskDefinitionArn: string;
  family: string;
  revision: number;
  tags: Tag[];
}

/** A deployment of a service, with all settings of its tasks. A rollback restores these settings. */
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
  /** The digests to which the image tags pointed when the deployment began. All tasks of the deployment use these digests. */
  digests: Record<string, string>;
  /** The deployment starts no task before this time, in milliseconds since 1970. */
  pausedUntil?: number;
  /** The time since which the deployment has been steady, in milliseconds since 1970. */
  steadySince?: number;
  /** The target groups of the tasks, one per load balancer. Undefined if they are those that the load balancers name. */
  targetGroups?: string[];
  /** Whether the deployment is a rollback. A failed rollback is not rolled back. */
  isRollback?: boolean;
  /** Whether ECS ignores the alarms, because one of them was in the state ALARM when the deployment started. */
  ignoresAlarms?: boolean;
}
/** A deployment as `DescribeServiceDeployments` shows it, and the revision that it deploys. */
export interface RolloutRow extends ServiceDeployment {
  serviceDeploymentArn: string;
  status: NonNullable<ServiceDeployment['status']>;
  createdAt: Date;
  deploymentId: string;
  revision: ServiceRevision;
  /** Whether a newer deployment, or the deletion of the service, has stopped it. */
  isSuperseded?: boolean;
  /** What made the deployment fail, if it failed. */
  failedBy?: 'breaker' | 'alarms' | 'user' | 'networking' | 'hook';
  /** The alarms that made the deployment fail. */
  triggeredAlarmNames?: string[];
  /** Whether ECS ignores the alarms of the deployment. */
  ignoresAlarms?: boolean;
  /** The counts of the circuit breaker at the end of the deployment. */
  breakerCounts?: { failureCount: number; threshold: number };
  /** The progress through the lifecycle stages. Undefined for a deployment that shifts no traffic. */
  progress?: ProgressRow | undefined;
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
  /** The input of the CreateService call. A repeat with the same client token must have the same input. */
  createInput?: CreateServiceRequest;
  /** The last completed deployment, as it was on completion. */
  lastCompleted?: DeploymentRow;
  /** Whether a call has ever set `bakeTimeInMinutes`. Until then ECS computes the bake time from the alarms. */
  hasBakeTime?: boolean;
  /** Whether the service has remained steady since its last event about a steady state. */
  steady: boolean;
  /** The time of the scheduler's next check, in milliseconds since 1970. */
  wakeAt?: number;
  /** The number of tasks started since a call last read the service. `checkServicesOnRead` explains the purpose. */
  launchCount: number;
}
export interface TaskRow extends Task {
  taskArn: string;
  clusterArn: string;
  taskDefinitionArn: string;
  lastStatus: string;
  /** `RUNNING`, or `STOPPED` if the task must end. */
  desiredStatus: string;
  containers: NonNullable<Task['containers']>;
  createdAt: Date;
  /** The service and the deployment that started the task, if any. */
  serviceArn?: string;
  deploymentId?: string;
  subnetId: string;
  securityGroups: string[];
  assignPublicIp: boolean;
  networkInterfaceId?: string;
  privateIp?: string;
  /** The target groups in which the task is or will be a target. */
  targets: { targetGroupArn: string; port: number }[];
  /** Whether the data plane was asked to start the task and has not yet reported that the task ended. */
  handedOver?: boolean;
  /** Set when the task ended on its own: `start` before RUNNING, `exit` afterwards. */
  failureKind?: 'start' | 'exit';
  /** Whether the scheduler has already counted the task as a failure. */
  isFailureCounted?: boolean;
  /** The reason for the replacement, if the scheduler will replace the task. */
  replaceReason?: string;
  /** The text for the service's event when the scheduler stops the unhealthy task. */
  replaceEvent?: string;
  /** The end of the task's protection from scaling in. */
  protectedUntil?: Date;
  /** The time since which the task has passed all its health checks without interruption, in milliseconds since 1970. */
  healthySince?: number;
  /** The time since which a target of the task has been unhealthy without interruption, in milliseconds since 1970. */
  targetFailingSince?: number;
  /** Whether the task has ever been healthy. */
  wasHealthy?: boolean;
  /** The addresses on which the containers of a stopped task listened. */
  listened?: { container: string; host: string; port?: number | undefined }[];
}

/** A RunTask call with a client token. A repeated call returns the same tasks. */
export interface RunRow {
  /** The input without the token. */
  input: RunTaskRequest;
  /** The tasks as the call returned them. */
  tasks: Task[];
  startedAt: Date;
}

const isActive = ({ status }: { status?: string }): boolean => status !== 'INACTIVE';
const always = () => true;
const couldNotBeFound = (kind: string) => () => invalid(`The specified ${kind} could not be found.`);

/** The tables of ECS, keyed by ARN. Each kind of resource is declared only here. */
export const ecsStore = () => ({
  clusters: makeEcsTable<ClusterRow>({
    arnType: 'cluster',
    listedBy: ['ListClusters'],
    isInCensus: isActive,
    isTaggable: isActive,
    notTaggable: clusterNotFound,
  }),
  taskDefinitions: makeEcsTable<TaskDefinitionRow>({
    arnType: 'task-definition',
    listedBy: ['ListTaskDefinitions', 'ListTaskDefinitionFamilies'],
    isInCensus: ({ status }) => status === 'ACTIVE',
    isTaggable: always,
    notTaggable: couldNotBeFound('task definition'),
  }),
  services: makeEcsTable<ServiceRow>({
    arnType: 'service',
    listedBy: ['ListServices'],
    isInCensus: isActive,
    isTaggable: isActive,
    notTaggable: couldNotBeFound('service'),
  }),
  tasks: makeEcsTable<TaskRow>({
    arnType: 'task',
    listedBy: ['ListTasks'],
    isInCensus: ({ lastStatus }) => lastStatus !== 'STOPPED',
    isTaggable: always,
    notTaggable: couldNotBeFound('task'),
  }),
  /** The highest revision number of each family. A deleted revision's number is not reused. */
  families: new Table<{ revision: number }>(BOOKKEEPING),
  /** The RunTask calls with a client token, keyed by cluster and token. */
  runs: new Table<RunRow>(BOOKKEEPING),
  /** The account settings that a call has set, keyed by name and principal. */
  accountSettings: new Table<Setting>(BOOKKEEPING),
});
export type EcsStore = ReturnType<typeof ecsStore>;

/** Returns the tables of resources. Every other table, such as `families`, must be excluded here by name. */
export const resourceTables = ({
  families: _families,
  runs: _runs,
  accountSettings: _accountSettings,
  ...tables
}: EcsStore): EcsTable<{ tags?: Tag[] }>[] => Object.values(tables);
