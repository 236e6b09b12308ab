/** What the sandbox holds of ECS in one region. */
import type { Cluster, Service, Tag, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { Table } from '../../world/table.ts';

export interface ClusterRow extends Cluster {
  clusterArn: string;
  clusterName: string;
}
export interface TaskDefinitionRow extends TaskDefinition {
  taskDefinitionArn: string;
  family: string;
  revision: number;
  tags: Tag[];
}
export interface ServiceRow extends Service {
  serviceArn: string;
  serviceName: string;
  clusterArn: string;
  clientToken?: string;
}
export interface TaskRow extends Task {
  taskArn: string;
  clusterArn: string;
  taskDefinitionArn: string;
  /** The service and the deployment that started it, if one did. */
  serviceArn?: string;
  deploymentId?: string;
  networkInterfaceId?: string;
}

export const ecsStore = () => ({
  clusters: new Table<ClusterRow>(),
  /** By ARN. */
  taskDefinitions: new Table<TaskDefinitionRow>(),
  /** The last revision number of each family: it goes on after deletions. */
  families: new Table<{ revision: number }>(),
  services: new Table<ServiceRow>(),
  tasks: new Table<TaskRow>(),
});
export type EcsStore = ReturnType<typeof ecsStore>;
