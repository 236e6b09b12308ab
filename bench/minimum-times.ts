/** Computes the minimum time of a provision, an update and a teardown: the time that AWS itself takes. Pure. */
import { needs } from '../lib/model/architecture.ts';
import { removalOrder } from '../teardown/plan.ts';
import { durations } from '../sandbox/world/durations.ts';
import { longestPath, type Graph, type LongestPath } from '../lib/engine/longest-path.ts';

/** Settings of the stack. The minimum times depend on these. */
export interface Delays {
  /** The maximum time that a target drains, in milliseconds. */
  readonly deregistration: number;
  /** Milliseconds between two health checks. */
  readonly healthCheckInterval: number;
}

/** Milliseconds from when the scheduler sees a service until the service's task runs. */
const TASK_START_MS =
  durations.taskCreate + durations.taskAttach + durations.taskPull + durations.taskActivate;
/** Milliseconds from when all targets are healthy until the deployment is complete. */
const DEPLOYMENT_COMPLETION_MS = durations.taskCreate + durations.deploymentSettle;

/**
 * The architecture, with the verification at the end and two steps on AWS's side: the load balancer opens, and the
 * deployment completes.
 */
export const provisionGraph: Graph = {
  ...needs,
  'load balancer opens': ['loadBalancer'],
  'deployment completes': ['services', 'load balancer opens'],
  record: [...needs.record, 'deployment completes'],
  'every path answers': ['record', 'deployment completes'],
};

/** Returns the longest path of a first provision. Its length is the minimum time. */
export const provisionMinimum = (): LongestPath =>
  longestPath(provisionGraph, {
    natGateway: durations.natGatewayPlace + durations.natGatewayCreate,
    'load balancer opens': durations.loadBalancerCreate,
    services: TASK_START_MS,
    'deployment completes': DEPLOYMENT_COMPLETION_MS,
    record: durations.dnsChange,
  });

/**
 * Returns the longest path of an update: the new task starts, and the old one drains. The first health check happens when the
 * new task is registered. At that time, the program does not listen yet, so only the second check succeeds.
 */
export const updateMinimum = ({ deregistration, healthCheckInterval }: Delays): LongestPath =>
  longestPath(
    {
      taskDefinitions: [],
      services: ['taskDefinitions'],
      'new targets are checked': ['services'],
      'the scheduler reacts': ['new targets are checked'],
      'the old task drains': ['the scheduler reacts'],
      'deployment completes': ['the old task drains'],
    },
    {
      services: TASK_START_MS,
      'new targets are checked': healthCheckInterval - durations.taskActivate,
      'the scheduler reacts': durations.taskCreate,
      'the old task drains': deregistration,
      'deployment completes': DEPLOYMENT_COMPLETION_MS,
    },
  );

/** Returns the longest path of a teardown. */
export const teardownMinimum = ({ deregistration }: Pick<Delays, 'deregistration'>): LongestPath =>
  longestPath(removalOrder(), {
    services: durations.taskCreate + deregistration + durations.taskDetach,
    natGateway: durations.natGatewayDelete,
    elasticIp: durations.addressRelease,
    loadBalancer: durations.loadBalancerInterfaceRelease,
    targetGroups: durations.targetGroupRelease,
  });
