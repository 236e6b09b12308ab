/** The package as programs import it: `defineStack` for configurations, and the commands as functions. Importing it runs nothing. */
import type {
  DriftOptions,
  ExecOptions,
  HistoryOptions,
  LogsOptions,
  OpenOptions,
  PlanOptions,
  ProvisionOptions,
  RestartOptions,
  RollbackOptions,
  ScaleOptions,
  RunOptions,
  SavedPlanOptions,
  StackOptions,
  TeardownOptions,
} from './api/options.ts';
import type { ExecResult } from './lib/run/exec-results.ts';
import type { DoctorCheck, DoctorResult } from './lib/run/doctor-results.ts';
import type { LogLine, LogsResult } from './lib/run/logs-results.ts';
import type {
  DriftResult,
  HistoryResult,
  PlanResult,
  ProvisionResult,
  RollbackResult,
  TeardownResult,
} from './lib/run/results.ts';
import type { ContainerAddress, OpenResult, RestartResult, ScaleResult } from './lib/run/steering-results.ts';
import type { RunResult } from './lib/run/run-results.ts';
import type { StatusResult } from './lib/run/status-results.ts';

export { defineStack } from './lib/config/define.ts';
export type { StackContext, StackDefinition } from './lib/config/define.ts';
export type { StackInput } from './lib/config/schema.ts';
export { Problem } from './lib/model/problem.ts';
export type { ProblemCode } from './lib/model/problem.ts';
export type { Event as RunEvent, ResourceStatus } from './lib/model/report.ts';
export type {
  PlanCounts,
  PlannedChange,
  PlannedChanges,
  PlannedField,
  PlannedValue,
  RevisionRecord,
  RolledBack,
  ServiceHistory,
  StackInfo,
} from './lib/run/results.ts';
export type { EgressCost, StackCost } from './lib/cost/stack-cost.ts';
export type { RouteStatus, ServiceEventStatus, ServiceStatus, TaskStatus } from './lib/run/status-results.ts';
export type {
  ContainerAddress,
  DoctorCheck,
  DoctorResult,
  DriftOptions,
  DriftResult,
  ExecOptions,
  ExecResult,
  HistoryOptions,
  HistoryResult,
  LogLine,
  LogsOptions,
  LogsResult,
  OpenOptions,
  OpenResult,
  PlanOptions,
  PlanResult,
  ProvisionOptions,
  ProvisionResult,
  RestartOptions,
  RestartResult,
  RollbackOptions,
  RollbackResult,
  ScaleOptions,
  ScaleResult,
  RunOptions,
  RunResult,
  SavedPlanOptions,
  StackOptions,
  StatusResult,
  TeardownOptions,
  TeardownResult,
};

/** Loaded only by the first call: a configuration imports this file, too, and needs nothing of it. */
const calls = () => import('./api/calls.ts');

/**
 * Stands up the stack of the configuration, or brings it up to date, as `slipway provision` does. With `service`, provisions one
 * service only, as `slipway deploy` does. With `plan`, carries a saved plan out. It never asks: with the target `aws`, it changes the
 * account at once.
 * @returns the address of the stack, the numbers of changes, and the ids of all resources
 * @throws Problem: why the stack could not be provisioned, what the state is now, and how to continue; PLAN_CHANGED if a saved
 *   plan no longer holds
 */
export const provision = async (options?: ProvisionOptions): Promise<ProvisionResult> =>
  (await calls()).provisionStack(options);

/**
 * Returns the changes that `provision` with the same options would make; changes nothing. With `file`, saves the plan for
 * `provision({ plan: file })`.
 * @throws Problem: PLAN_FILE if the plan cannot be saved
 */
export const plan = async (options?: SavedPlanOptions): Promise<PlanResult> =>
  (await calls()).planStack(options);

/**
 * Compares the stack with its configuration, as `slipway drift` does; changes nothing.
 * @throws Problem
 */
export const drift = async (options?: DriftOptions): Promise<DriftResult> =>
  (await calls()).stackDrift(options);

/**
 * Returns the address of the stack and the condition of each service, as `slipway status` does; changes nothing, and needs no
 * source folder.
 * @throws Problem
 */
export const status = async (options?: StackOptions): Promise<StatusResult> =>
  (await calls()).stackStatus(options);

/**
 * Checks everything that a provision needs, as `slipway doctor` does; changes nothing. A check that says NO is part of the result.
 * @throws Problem: INTERRUPTED if the signal is aborted
 */
export const doctor = async (options?: StackOptions): Promise<DoctorResult> =>
  (await calls()).checkStack(options);

/**
 * Lists the deployments of each service, the newest first, as `slipway history` does; changes nothing.
 * @throws Problem: NO_HISTORY if nothing has been deployed
 */
export const history = async (options?: HistoryOptions): Promise<HistoryResult> =>
  (await calls()).stackHistory(options);

/**
 * Returns what the containers have printed, the oldest line first, as `slipway logs` does: the last 100 lines, or all lines since a
 * time. It changes nothing.
 * @throws Problem: NO_LOG if the stack has no log
 */
export const logs = async (options?: LogsOptions): Promise<LogsResult> => (await calls()).stackLogs(options);

/**
 * Returns the address of the stack or of one container, as `slipway open` does; changes nothing, and opens no browser.
 * @throws Problem: NOT_DEPLOYED if the stack has no load balancer; NO_ADDRESS if a browser can request nothing
 */
export const open = async (options?: OpenOptions): Promise<OpenResult> =>
  (await calls()).stackAddresses(options);

/**
 * Changes the number of tasks of a service at once, and waits until that many are healthy, as `slipway scale` does. It never asks.
 * The next provision sets the configured number again.
 * @throws Problem: NOT_DEPLOYED; SCALE_REFUSED if Application Auto Scaling would change the number back
 */
export const scale = async (options: ScaleOptions): Promise<ScaleResult> =>
  (await calls()).scaleService(options);

/**
 * Replaces the tasks of services by new tasks of the same revision, as `slipway restart` does. The old tasks serve until the new
 * ones are healthy.
 * @throws Problem: NOT_DEPLOYED; DEPLOYMENT if the new tasks fail
 */
export const restart = async (options?: RestartOptions): Promise<RestartResult> =>
  (await calls()).restartServices(options);

/**
 * Runs a command once, in a separate task with the image, the variables, the secrets and the network of a deployed container, as
 * `slipway run` does. A command that fails is no problem: its exit code is in the result.
 * @returns the exit code, and what the container has printed
 * @throws Problem: NOT_DEPLOYED if the container is not deployed; TASK if the command did not start
 */
export const run = async (options: RunOptions): Promise<RunResult> => (await calls()).runInTask(options);

/**
 * Runs a command in a running container, as `slipway exec` does, with an empty standard input. An exit code other than 0 is a result,
 * not a problem.
 * @returns the exit code and the output
 * @throws Problem: EXEC_NOT_ENABLED without `exec: true`; EXEC_ENDED if the exit code is not known
 */
export const exec = async (options: ExecOptions): Promise<ExecResult> =>
  (await calls()).executeInContainer(options);

/**
 * Restores an earlier revision of a service, without its source, as `slipway rollback` does.
 * @throws Problem
 */
export const rollback = async (options?: RollbackOptions): Promise<RollbackResult> =>
  (await calls()).rollBackService(options);

/**
 * Removes the whole stack, waits until it is gone, and searches for leftovers, as `slipway teardown` does. It never asks.
 * @throws Problem: LEFTOVERS if anything is left
 */
export const teardown = async (options?: TeardownOptions): Promise<TeardownResult> =>
  (await calls()).teardownStack(options);
