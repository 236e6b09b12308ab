/** What AWS itself takes for a provision, an update and a teardown: the durations of the sandbox along the graph. Pure. */
import { needs } from '../lib/model/architecture.ts';
import { removalOrder } from '../teardown/plan.ts';
import { durations } from '../sandbox/world/durations.ts';
import { longestPath, type Graph, type Path } from './critical-path.ts';

/** What the limits hang on besides. */
export interface Delays {
  /** Milliseconds that a target which leaves may finish its requests in. */
  readonly deregistration: number;
  /** Milliseconds between two health checks. */
  readonly interval: number;
}

/** From the scheduler's look at a service to a task that runs. */
const START = durations.taskCreate + durations.taskAttach + durations.taskPull + durations.taskActivate;
/** From the moment that all targets are healthy: the scheduler looks, and then waits for a while. */
const COMPLETE = durations.taskCreate + durations.deploymentSettle;

/** The architecture, and what AWS does behind it: a load balancer that opens, targets that become healthy. */
export const provisionGraph: Graph = {
  ...needs,
  'load balancer opens': ['loadBalancer'],
  'deployment completes': ['services', 'load balancer opens'],
  record: [...needs.record, 'deployment completes'],
  'every path answers': ['record', 'deployment completes'],
};

export const provisionLimit = (): Path =>
  longestPath(provisionGraph, {
    natGateway: durations.natGatewayPlace + durations.natGatewayCreate,
    'load balancer opens': durations.loadBalancerCreate,
    services: START,
    'deployment completes': COMPLETE,
    record: durations.dnsChange,
  });

/**
 * A new revision of the one service: a task starts, takes the place of the one before, and that drains. The first health
 * check comes when the new task is registered, which is before any program listens; the second one counts.
 */
export const updateLimit = ({ deregistration, interval }: Delays): Path =>
  longestPath(
    {
      taskDefinitions: [],
      services: ['taskDefinitions'],
      'new targets are checked': ['services'],
      'the scheduler sees it': ['new targets are checked'],
      'the task before drains': ['the scheduler sees it'],
      'deployment completes': ['the task before drains'],
    },
    {
      services: START,
      'new targets are checked': interval - durations.taskActivate,
      'the scheduler sees it': durations.taskCreate,
      'the task before drains': deregistration,
      'deployment completes': COMPLETE,
    },
  );

export const teardownLimit = ({ deregistration }: Pick<Delays, 'deregistration'>): Path =>
  longestPath(removalOrder(), {
    services: durations.taskCreate + deregistration + durations.taskDetach,
    natGateway: durations.natGatewayDelete,
    elasticIp: durations.addressRelease,
    loadBalancer: durations.loadBalancerInterfaceRelease,
    targetGroups: durations.targetGroupRelease,
  });
