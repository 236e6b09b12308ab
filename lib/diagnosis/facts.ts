/** The facts about a deployment from which the cause of its failure is computed. Every fact may be missing. */
import type { Container, Service } from '../config/config.ts';

/** An address on which a program accepts connections. */
export interface Listener {
  /** The address it is bound to, such as `0.0.0.0`, `127.0.0.1` or `::`; the path of a Unix socket. */
  readonly address: string;
  /** Undefined for a Unix socket. */
  readonly port: number | undefined;
}

/** A listener in a task, with its container. */
export interface ContainerListener extends Listener {
  readonly container: string;
}

/**
 * Returns where the containers of a task listen or listened. Rejects, or resolves to undefined, if that is unknown.
 * @param taskId the last part of the task's ARN
 */
export type ListenersOf = (taskId: string) => Promise<readonly ContainerListener[] | undefined>;

/** One container of a task. */
export interface ContainerFacts {
  readonly name: string;
  readonly exitCode: number | undefined;
  /** The reason that ECS gives for its end, such as `OutOfMemoryError: Container killed due to memory usage`. */
  readonly reason: string | undefined;
  /** `HEALTHY`, `UNHEALTHY` or `UNKNOWN`, according to the health check inside the container. */
  readonly healthStatus: string | undefined;
  /** The end of its log, oldest line first; undefined if it was not read or does not exist. */
  readonly log: readonly string[] | undefined;
  /** Where the program listens or listened; undefined if it is unknown. */
  readonly listeners: readonly Listener[] | undefined;
}

/** One task of the deployment. */
export interface TaskFacts {
  readonly id: string;
  /** The last status, such as `RUNNING` or `STOPPED`. */
  readonly status: string;
  readonly stopCode: string | undefined;
  readonly stoppedReason: string | undefined;
  readonly createdAt: Date | undefined;
  readonly startedAt: Date | undefined;
  /** When ECS began to stop it. */
  readonly stoppingAt: Date | undefined;
  readonly addresses: readonly string[];
  readonly containers: readonly ContainerFacts[];
}

/** The load balancer's report about a target. */
export interface TargetFacts {
  /** The name of the container. */
  readonly container: string;
  /** The task behind the target; undefined if it is unknown. */
  readonly taskId: string | undefined;
  /** `initial`, `healthy`, `unhealthy`, `draining` or `unused`. */
  readonly state: string;
  /** Such as `Target.Timeout`. */
  readonly reason: string | undefined;
  /** Such as `Health checks failed with these codes: [404]`. */
  readonly description: string | undefined;
}

/** The network of the tasks. */
export interface NetworkFacts {
  /** Whether the subnets have a usable default route. */
  readonly hasWayOut: boolean;
  /** The ports of routed containers to which no rule of the security group lets anything through. */
  readonly closedPorts: readonly number[];
}

/** Everything that is known about a deployment. */
export interface Facts {
  /** Its configuration. */
  readonly service: Service;
  readonly logGroup: string;
  /** The names of the target groups, each with the name of its container. */
  readonly targetGroups: ReadonlyMap<string, string>;
  /** The CPU architecture of its tasks, as in the platform of an image: `amd64` or `arm64`. */
  readonly architecture: string;
  /** The reason in ECS's description of the deployment. */
  readonly reason: string | undefined;
  /** The CloudWatch alarms because of which ECS ended the deployment. */
  readonly alarms?: readonly string[] | undefined;
  /** ECS's messages about the service, oldest first. */
  readonly events: readonly string[];
  /** The tasks of the deployment, latest first. */
  readonly tasks: readonly TaskFacts[];
  /** The last report about each target, including targets that are gone. */
  readonly targets: readonly TargetFacts[];
  /** Read only if a task or a target cannot be reached, or cannot reach AWS. */
  readonly network?: NetworkFacts | undefined;
  /** The names of the containers that did not answer Slipway's own requests in time. */
  readonly silent?: ReadonlySet<string> | undefined;
  readonly now: Date;
}

/** Whether a task ended on its own: it failed to start, or an essential container exited. */
export const endedOnItsOwn = ({ stopCode }: Pick<TaskFacts, 'stopCode'>): boolean =>
  stopCode === 'EssentialContainerExited' || stopCode === 'TaskFailedToStart';

/** Returns the configuration of a container. */
export const configuredContainer = ({ service }: Facts, name: string): Container | undefined =>
  service.containers.find((container) => container.name === name);
