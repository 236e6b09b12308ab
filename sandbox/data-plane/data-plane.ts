/** The data plane as the control plane sees it. A data plane runs tasks and checks targets, or simulates both. */
import type { Region } from '../world/region.ts';

/** Why a task could not start, in ECS's wording. */
export interface TaskFailure {
  /** E.g. `TaskFailedToStart`. */
  readonly stopCode: string;
  /** E.g. `ResourceInitializationError: unable to pull secrets or registry auth: …`. */
  readonly reason: string;
  /** The container that caused the failure, if any. */
  readonly container?: string | undefined;
  /** The reason that ECS shows for the container; by default the reason of the task. */
  readonly containerReason?: string | undefined;
  /** The exit code that ECS shows for the container; none by default. */
  readonly exitCode?: number | undefined;
  /** How long ECS retries inside the task before it gives up, in milliseconds of AWS time; it does not retry by default. */
  readonly retryMs?: number | undefined;
}

/** The usage of the tasks and the load balancers since the previous measurement. */
export interface Usage {
  /** The usage of each running task, by ARN. */
  readonly tasks: ReadonlyMap<string, { readonly cpus: number; readonly memoryBytes: number }>;
  /** The number of requests that were forwarded to each target group, by ARN. */
  readonly requests: ReadonlyMap<string, number>;
}

/** A command to start in a container of a running task. */
export interface SessionRequest {
  readonly taskArn: string;
  /** The name of the container. */
  readonly container: string;
  /** A program with its arguments, in the quoting of a shell. */
  readonly command: string;
}

/** A session that waits for its client, as ECS returns it. */
export interface OpenedSession {
  readonly sessionId: string;
  /** The address of its WebSocket. */
  readonly streamUrl: string;
  /** What the client must know to use the session, once. */
  readonly tokenValue: string;
}

/** Runs tasks. It reports later exits and health through `aws/ecs/task-reports.ts`. */
export interface DataPlane {
  /**
   * Unpacks the images of a task definition that was registered, or of which a task is being placed, so that `startTask` finds them
   * unpacked. What cannot be pulled is left for `startTask` to report. The member is undefined if nothing is unpacked.
   */
  readonly unpackImages?: (region: Region, taskDefinitionArn: string) => void;
  /** Pulls the images and starts the containers of a task, then calls `onOutcome` once. */
  startTask(region: Region, taskArn: string, onOutcome: (failure?: TaskFailure) => void): void;
  /** Stops the containers of a task, reports their exit codes, and then calls `onStopped`. */
  stopTask(region: Region, taskArn: string, onStopped: () => void): void;
  /**
   * Opens a session in a container. The command starts when a client connects. Returns undefined if the container does not run; the
   * member is undefined if tasks are no programs.
   */
  readonly openSession?: (region: Region, request: SessionRequest) => OpenedSession | undefined;
  /** Whether health checks run. If not, targets of groups in use are healthy as soon as they are registered. */
  readonly checksTargets: boolean;
  /**
   * Calls `onIdle` once no load balancer has an open request to any of the targets, given by their keys in the agenda. The
   * member is undefined if no load balancer sends requests.
   */
  readonly whenIdle?: (targetKeys: readonly string[], onIdle: () => void) => void;
  /** Whether tasks are real programs, which need real time to start and to finish at any pace; false by default. */
  readonly runsPrograms?: boolean;
  /**
   * Measures the tasks and load balancers of a region, and then calls `onMeasured`. The member is undefined if nothing can be
   * measured.
   * @param maxAgeMs usage that was counted for longer than this is not reported; in milliseconds of the sandbox's clock
   */
  readonly measureUsage?:
    ((region: Region, maxAgeMs: number, onMeasured: (usage: Usage) => void) => void) | undefined;
}

/**
 * Runs nothing: every task starts immediately, and every target is healthy. It is for tests of the control plane only.
 */
export const simulatedDataPlane: DataPlane = {
  startTask: (_region, _taskArn, onOutcome) => onOutcome(),
  stopTask: (_region, _taskArn, onStopped) => onStopped(),
  checksTargets: false,
};
