/** Clusters as calls return them, with the numbers of their tasks and services. Some members are returned only on request. */
import type { Cluster, ClusterField, KeyValuePair } from '@aws-sdk/client-ecs';
import type { Region } from '../../world/region.ts';
import type { ClusterRow } from './store.ts';

const PENDING = ['PROVISIONING', 'PENDING', 'ACTIVATING'];

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html */
export function clusterView(region: Region, row: ClusterRow, include: readonly ClusterField[] = []): Cluster {
  const tasks = region.ecs.tasks.filter(({ clusterArn }) => clusterArn === row.clusterArn);
  const services = region.ecs.services.filter(({ clusterArn }) => clusterArn === row.clusterArn);
  const runningCount = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length;
  const pendingCount = tasks.filter(({ lastStatus }) => PENDING.includes(lastStatus)).length;
  const activeCount = services.filter(({ status }) => status === 'ACTIVE').length;
  const drainingCount = services.filter(({ status }) => status === 'DRAINING').length;
  const statistics: Record<string, number> = {
    runningEC2TasksCount: 0,
    runningFargateTasksCount: runningCount,
    pendingEC2TasksCount: 0,
    pendingFargateTasksCount: pendingCount,
    activeEC2ServiceCount: 0,
    activeFargateServiceCount: activeCount,
    drainingEC2ServiceCount: 0,
    drainingFargateServiceCount: drainingCount,
  };
  return {
    clusterArn: row.clusterArn,
    clusterName: row.clusterName,
    status: row.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: runningCount,
    pendingTasksCount: pendingCount,
    activeServicesCount: activeCount,
    statistics: include.includes('STATISTICS') ? pairs(statistics) : [],
    tags: include.includes('TAGS') ? row.tags : [],
    settings: include.includes('SETTINGS') ? row.settings : [],
    configuration: include.includes('CONFIGURATIONS') ? row.configuration : undefined,
    capacityProviders: row.capacityProviders,
    defaultCapacityProviderStrategy: row.defaultCapacityProviderStrategy,
  };
}

const pairs = (values: Record<string, number>): KeyValuePair[] =>
  Object.entries(values).map(([name, value]) => ({ name, value: String(value) }));
