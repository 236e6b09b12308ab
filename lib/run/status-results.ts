/** The result of `status` as data: the fields of the document that `--json` prints, and of the value that the API returns. */
import type { EgressCost, StackCost } from '../cost/stack-cost.ts';
import type { StackInfo } from './results.ts';

/** The condition of one service. */
export type ServiceStatus = {
  readonly service: string;
  /** The number of the revision in service; null if the service is not deployed. */
  readonly revision: number | null;
  readonly desired: number;
  readonly running: number;
  /** The state of its newest deployment; null if the service is not deployed, or if the endpoint does not report it. */
  readonly deployment: 'in progress' | 'completed' | 'failed' | null;
  /** Descriptions of everything that does not work as configured. */
  readonly warnings: readonly string[];
  /** Whether its newest deployment is complete, every task runs, and there is no warning. */
  readonly healthy: boolean;
};

/** A rule of the load balancer that forwards requests, and the targets that get them. */
export type RouteStatus = {
  /** The paths, e.g. `/api1, /api1/*`. */
  readonly paths: string;
  readonly priority: number | null;
  /** `<service>/<container>:<port>`; null if the target group belongs to no container. */
  readonly container: string | null;
  /** The share of the requests that this target group gets, in percent. */
  readonly trafficPercent: number;
  readonly healthyTargets: number;
  readonly targets: number;
};

/** A running task, or one that has stopped within about the last hour. */
export type TaskStatus = {
  readonly service: string;
  /** Whether it belongs to an ECS service that another one replaces. */
  readonly former: boolean;
  readonly id: string;
  /** E.g. `RUNNING`. */
  readonly status: string;
  /** E.g. `HEALTHY`; `UNKNOWN` without a container health check. */
  readonly health: string;
  readonly revision: number | null;
  /** Its private address; null while it has none. */
  readonly address: string | null;
  /** In ISO 8601; null if it has not started. */
  readonly startedAt: string | null;
  /** Why it has stopped; null if it has not. */
  readonly stoppedReason: string | null;
  readonly containers: readonly {
    readonly container: string;
    readonly status: string;
    readonly health: string;
    /** The digest of its image; null if unknown. */
    readonly digest: string | null;
    readonly exitCode: number | null;
  }[];
};

/** One version of a service while it has tasks. */
export type DeploymentStatus = {
  readonly service: string;
  readonly revision: number | null;
  /** Whether it is the newest one. */
  readonly isNewest: boolean;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly failed: number;
  /** E.g. `IN_PROGRESS`; empty if the endpoint does not report it. */
  readonly rollout: string;
  readonly reason: string;
  /** In ISO 8601. */
  readonly since: string;
};

/** A CloudWatch alarm that can stop the deployments of a service. */
export type AlarmStatus = {
  readonly alarm: string;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`; null if the alarm does not exist. */
  readonly state: string | null;
};

/** A message of ECS about a service. */
export type ServiceEventStatus = { readonly service: string; readonly at: string; readonly text: string };

/** The condition of a stack. */
export type StatusResult = StackInfo & {
  /** The number of its resources that exist; 0 if the stack does not exist. */
  readonly resources: number;
  /** Its address; null if no path is routed, or if the address does not resolve. */
  readonly url: string | null;
  /** The services of the configuration, and those that are deployed although they are no longer configured. */
  readonly services: readonly ServiceStatus[];
  /** The load balancer; null for a stack without one. */
  readonly loadBalancer: { readonly name: string; readonly dnsName: string; readonly state: string } | null;
  /** The names in DNS that lead to the load balancer. */
  readonly records: readonly string[];
  readonly routes: readonly RouteStatus[];
  /** The versions that have tasks; the newest of each service first. */
  readonly deployments: readonly DeploymentStatus[];
  /** The alarms that the configuration names. */
  readonly alarms: readonly AlarmStatus[];
  /** The newest first. */
  readonly tasks: readonly TaskStatus[];
  /** The latest messages of ECS, at most five per service, the newest first. */
  readonly events: readonly ServiceEventStatus[];
  /** The cost of what exists, on AWS. */
  readonly cost: StackCost;
  /** The cost of the way to the internet; null for a stack without its own NAT gateway, or without a known price. */
  readonly egress: EgressCost | null;
  /** Whether the stack exists and every service is healthy. */
  readonly healthy: boolean;
};
