/** Checks the options of the programmatic API, and converts them to the options of the commands. */
import { setMaxListeners } from 'node:events';
import * as z from 'zod';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import { DEFAULT_OPTIONS, type Options } from '../lib/run/options.ts';
import { timeOf } from '../lib/run/since.ts';
import type {
  ExecOptions,
  LogsOptions,
  OptionName,
  ProvisionOptions,
  RollbackOptions,
  ScaleOptions,
  RunOptions,
  TeardownOptions,
} from './options.ts';

/** The check of every option. */
const SHAPE: Readonly<Record<OptionName, z.ZodType>> = {
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
  container: z.string().min(1),
  since: z.custom(
    (value) => typeof value === 'string' && timeOf(value, 0) !== undefined,
    'Invalid input: expected a time',
  ),
  grep: z.string().min(1),
  count: z.int().min(0).max(5000),
  file: z.string().min(1),
  plan: z.string().min(1),
  command: z.array(z.string()).min(1),
  task: z.string().min(1),
};

/** The options that every call has. */
const COMMON: readonly OptionName[] = ['config', 'stage', 'target', 'onEvent', 'signal'];

/**
 * Checks the options of a call, since programs in JavaScript have no types.
 * @param own the options that the call has in addition to the common ones
 * @param required those of them that must be given
 * @throws ARGUMENTS with every mistake
 */
export function checkCallOptions(
  call: string,
  options: unknown,
  own: readonly OptionName[],
  required: readonly OptionName[] = [],
): void {
  const names = [...COMMON, ...own];
  const shape = Object.fromEntries(
    names.map((name) => [name, required.includes(name) ? SHAPE[name] : SHAPE[name].optional()]),
  );
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
    container,
    since,
    grep,
    count,
    command,
    task,
  }: Partial<
    ProvisionOptions &
      RollbackOptions &
      TeardownOptions &
      LogsOptions &
      ExecOptions &
      RunOptions &
      ScaleOptions
  >,
  selected: Partial<Pick<Options, 'plan' | 'planOutput' | 'drift' | 'deploy'>>,
): Options {
  const { stage: defaultStage, target: defaultTarget } = DEFAULT_OPTIONS;
  return {
    ...DEFAULT_OPTIONS,
    ...selected,
    ...{ config, service, builder, to, name, container, since, grep, count, task, yes: true },
    stage: stage ?? defaultStage,
    target: target ?? defaultTarget,
    wait: wait ?? true,
    words: command ?? [],
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
