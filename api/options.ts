/** The options of the programmatic API, and their conversion to the options of the commands. */
import { setMaxListeners } from 'node:events';
import * as z from 'zod';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import type { Event } from '../lib/model/report.ts';
import { DEFAULT_OPTIONS, type Options } from '../lib/run/options.ts';

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

/** The options of `provision` and `plan`. */
export interface ProvisionOptions extends StackOptions, AdoptStackOption {
  /** Limits the call to one service and the resources that it needs. */
  readonly service?: string | undefined;
  /** The way images are built from source; it takes precedence over the configuration. */
  readonly builder?: Options['builder'];
  /** Whether to wait for deployments, health and DNS; true by default. */
  readonly wait?: boolean | undefined;
  /** The addresses of existing resources to take over, e.g. `logGroup`. */
  readonly adopt?: readonly string[] | undefined;
}

/** The options of `drift`. */
export type DriftOptions = StackOptions & Pick<ProvisionOptions, 'builder'>;

/** The options of `history`. */
export interface HistoryOptions extends StackOptions {
  /** Limits the history to one service. */
  readonly service?: string | undefined;
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

/** Every option with its check. */
const SHAPE = {
  config: z.string().min(1),
  stage: z.string().min(1),
  target: z.enum(['sandbox', 'aws']),
  onEvent: z.custom((value) => typeof value === 'function', 'Invalid input: expected a function'),
  signal: z.instanceof(AbortSignal),
  service: z.string().min(1),
  builder: z.enum(['auto', 'bundle', 'docker']),
  wait: z.boolean(),
  adopt: z.array(z.string().min(1)),
  adoptStack: z.boolean(),
  to: z.int().min(1),
  name: z.string().min(1),
};
export type OptionName = keyof typeof SHAPE;

/** The options that every call has. */
const COMMON: readonly OptionName[] = ['config', 'stage', 'target', 'onEvent', 'signal'];

/**
 * Checks the options of a call, since programs in JavaScript have no types.
 * @param own the options that the call has in addition to the common ones
 * @throws ARGUMENTS with every mistake
 */
export function checkCallOptions(call: string, options: unknown, own: readonly OptionName[]): void {
  const names = [...COMMON, ...own];
  const shape = Object.fromEntries(names.map((name) => [name, SHAPE[name].optional()]));
  const { error } = z.strictObject(shape).safeParse(options);
  if (!error) return;
  const mistakes = error.issues.map(({ path, message }) =>
    [path.join('.'), message].filter(Boolean).join(': '),
  );
  throw badCall(call, mistakes, names);
}

const badCall = (call: string, mistakes: readonly string[], names: readonly string[]): Problem =>
  problem('ARGUMENTS', {
    what: `${call}() was called with ${mistakes.length === 1 ? 'an invalid option' : 'invalid options'}.`,
    why: mistakes.map((mistake) => `${mistake}.`).join('\n'),
    now: NOTHING_CHANGED,
    fix: [`Correct the options of the call; its options are ${names.join(', ')}.`],
  });

/** Converts the options of a call to those of a command. Nothing is asked, so everything counts as confirmed. */
export function commandOptions(
  {
    config,
    stage,
    target,
    service,
    builder,
    wait,
    adopt,
    adoptStack,
    to,
    name,
  }: Partial<ProvisionOptions & RollbackOptions & TeardownOptions>,
  selected: Partial<Pick<Options, 'plan' | 'drift' | 'deploy'>>,
): Options {
  const { stage: defaultStage, target: defaultTarget } = DEFAULT_OPTIONS;
  return {
    ...DEFAULT_OPTIONS,
    ...selected,
    ...{ config, service, builder, to, name, yes: true },
    stage: stage ?? defaultStage,
    target: target ?? defaultTarget,
    wait: wait ?? true,
    adopt: adopt ?? [],
    adoptStack: adoptStack ?? false,
  };
}

/** Returns a controller that is aborted together with a signal, and a function that unlinks the two. */
export function followSignal(signal: AbortSignal | undefined): {
  readonly controller: AbortController;
  readonly unfollow: () => void;
} {
  const controller = new AbortController();
  // Every call and every wait of a run adds a listener; that is not a leak.
  setMaxListeners(0, controller.signal);
  const abort = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  return { controller, unfollow: () => signal?.removeEventListener('abort', abort) };
}
