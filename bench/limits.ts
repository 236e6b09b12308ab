/** What AWS itself takes for a provision, an update and a teardown: the durations of the sandbox along the graph. Pure. */
import { needs } from '../lib/architecture.ts';
import { order } from '../teardown/plan.ts';
import { durations } from '../sandbox/world/durations.ts';
import { longestPath, type Graph, type Path } from './path.ts';

/** What the limits hang on besides. */
export interface Delays {
  /** Milliseconds that a target which leaves may finish its requests in. */
  readonly deregistration: number;
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

/** A new revision of the one service: a task starts, takes the place of the one before, and that drains. */
export const updateLimit = ({ deregistration }: Delays): Path =>
  longestPath(
    {
      taskDefinitions: [],
      services: ['taskDefinitions'],
      'new targets are seen': ['services'],
      'the task before drains': ['new targets are seen'],
      'deployment completes': ['the task before drains'],
    },
    {
      services: START,
      'new targets are seen': durations.taskCreate,
      'the task before drains': deregistration,
      'deployment completes': COMPLETE,
    },
  );

export const teardownLimit = ({ deregistration }: Delays): Path =>
  longestPath(order(), {
    services: durations.taskCreate + deregistration + durations.taskDetach,
    natGateway: durations.natGatewayDelete,
    elasticIp: durations.addressRelease,
    loadBalancer: durations.loadBalancerInterfaceRelease,
    targetGroups: durations.targetGroupRelease,
  });
