/** The options of the programmatic API: types only, since the package publishes this file. */
import type { Builder } from '../lib/config/config.ts';
import type { Event } from '../lib/model/report.ts';

/** The options of every call: which stack, and how the call reports and stops. */
export interface StackOptions {
  /** The configuration file, relative to the current folder; by default `slipway.config.ts`. */
  readonly config?: string | undefined;
  /** The stage, letters and digits; by default `dev`. Each stage is a separate stack. */
  readonly stage?: string | undefined;
  /** Where the stack runs; by default `sandbox`. A call never asks: with `aws`, it changes the account at once. */
  readonly target?: 'sandbox' | 'aws' | undefined;
  /** Receives every event while the call runs. If it throws, the call stops as if it were aborted, and rejects with that error. */
  readonly onEvent?: ((event: Event) => void) | undefined;
  /** Stops the call. Everything created so far is kept and recorded, and the same call continues from there. */
  readonly signal?: AbortSignal | undefined;
}

/** Whether a stack may be changed that belongs to another project. */
export interface AdoptStackOption {
  /** Whether to change the stack even if it belongs to another project; false by default. */
  readonly adoptStack?: boolean | undefined;
}

/** The options that `provision` and `plan` have in common. */
export interface PlanOptions extends StackOptions, AdoptStackOption {
  /** Limits the call to one service and the resources that it needs. */
  readonly service?: string | undefined;
  /** The way images are built from source; it takes precedence over the configuration. */
  readonly builder?: Builder | undefined;
  /** Whether to wait for deployments, health and DNS; true by default. */
  readonly wait?: boolean | undefined;
  /** The addresses of existing resources to take over, e.g. `logGroup`. */
  readonly adopt?: readonly string[] | undefined;
}

/** The options of `provision`: those of a plan, or a saved plan. */
export interface ProvisionOptions extends PlanOptions {
  /**
   * The file of a plan that `plan` has saved with `file`. The call carries out exactly this plan, with the options with which it
   * was made.
   */
  readonly plan?: string | undefined;
}

/** The options of `plan`. */
export interface SavedPlanOptions extends PlanOptions {
  /** The file in which to save the plan. */
  readonly file?: string | undefined;
}

/** The options of `drift`. */
export type DriftOptions = StackOptions & Pick<ProvisionOptions, 'builder'>;

/** The options of `history`. */
export interface HistoryOptions extends StackOptions {
  /** Limits the history to one service. */
  readonly service?: string | undefined;
}

/** The options of `logs`. */
export interface LogsOptions extends StackOptions {
  /** The container: its name, the name of a service, or `<service>/<container>`. */
  readonly container?: string | undefined;
  /** A period such as `10m`, `2h` or `1d`, or a time in ISO 8601; by default, the last 100 lines are returned. */
  readonly since?: string | undefined;
  /** The text that every line contains. */
  readonly grep?: string | undefined;
}

/** The options of `open`. */
export interface OpenOptions extends StackOptions {
  /** The container: its name, the name of a service, or `<service>/<container>`; by default, all. */
  readonly container?: string | undefined;
}

/** The options of `scale`. */
export interface ScaleOptions extends StackOptions, AdoptStackOption {
  /** The service to scale. */
  readonly service: string;
  /** The number of tasks, from 0 to 5000. */
  readonly count: number;
  /** Whether to wait until as many tasks are healthy; true by default. */
  readonly wait?: boolean | undefined;
}

/** The options of `restart`. */
export interface RestartOptions extends StackOptions, AdoptStackOption {
  /** The service to restart; by default, all services. */
  readonly service?: string | undefined;
  /** Whether to wait until the new tasks are healthy; true by default. */
  readonly wait?: boolean | undefined;
}

/** The options of `run`. */
export interface RunOptions extends StackOptions {
  /** The container: its name, `<service>/<container>`, or the name of a service with one container. */
  readonly container: string;
  /** The command: the program and its arguments. No shell reads them. */
  readonly command: readonly [string, ...string[]];
}

/** The options of `exec`. */
export interface ExecOptions extends StackOptions {
  /** The container: its name, `<service>/<container>`, or the name of a service with one container. */
  readonly container: string;
  /** The program to start, and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** The task, by its id or the beginning of it; by default, the newest healthy one. */
  readonly task?: string | undefined;
}

/** The options of `rollback`. */
export interface RollbackOptions extends StackOptions, AdoptStackOption {
  /** The service to roll back; by default, the only service of the stack. */
  readonly service?: string | undefined;
  /** The number of the revision to restore; by default, the last successful one before the one in service. */
  readonly to?: number | undefined;
  /** Whether to wait for the deployment, health and DNS; true by default. */
  readonly wait?: boolean | undefined;
}

/** The options of `teardown`. */
export interface TeardownOptions extends StackOptions, AdoptStackOption {
  /** The name of the stack to remove, if it is not the name in the configuration. */
  readonly name?: string | undefined;
}

/** The names of all options. */
export type OptionName =
  | keyof ProvisionOptions
  | keyof SavedPlanOptions
  | keyof RollbackOptions
  | keyof TeardownOptions
  | keyof LogsOptions
  | keyof RunOptions
  | keyof ScaleOptions
  | keyof ExecOptions;
