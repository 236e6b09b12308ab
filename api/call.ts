/** Runs a command as a call from a program: events go to a listener, failures are thrown as problems, and nothing is printed. */
import { NOTHING_CHANGED, Problem } from '../lib/model/problem.ts';
import type { Report } from '../lib/model/report.ts';
import { commandProblem } from '../lib/run/command-problem.ts';
import type { Command } from '../lib/run/commands.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { Options } from '../lib/run/options.ts';
import { withTypedCommands } from '../lib/run/typed-commands.ts';
import { followSignal } from './check-options.ts';
import type { StackOptions } from './options.ts';

/** Node's longest timer; it only keeps the process alive. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A command: its name and its options, and the function that starts it. */
interface Call<Json extends object> {
  readonly command: Command;
  readonly options: Options;
  readonly start: (context: CommandContext) => Promise<CommandResult<Json>>;
}

/**
 * Runs a command to its end.
 * @returns the result as data
 * @throws Problem: INTERRUPTED if the signal is aborted, with the reason of the signal as its cause; the error that `onEvent` throws
 */
export async function call<Json extends object>(
  { command, options, start }: Call<Json>,
  { signal, onEvent }: Pick<StackOptions, 'signal' | 'onEvent'>,
): Promise<Json> {
  // Silences the SDK's warning that it will stop supporting Node 20, which Node would print on stderr.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  if (signal?.aborted) throw stopped(command, options, signal, NOTHING_CHANGED);
  const { controller, unfollow } = followSignal(signal);
  let listenerFailure: { readonly error: unknown } | undefined;
  const report: Report = (event) => {
    if (listenerFailure) return;
    try {
      onEvent?.(event);
    } catch (error) {
      listenerFailure = { error };
      controller.abort(error);
    }
  };
  // Keeps the process alive until the call ends: without anything to wait for, it would exit silently.
  const keepAlive = setInterval(() => undefined, LONGEST_TIMER_MS);
  try {
    const context = {
      ...{ options, signal: controller.signal, interactive: false, isQuiet: true },
      report: withTypedCommands(report),
    };
    const { json } = await start(context);
    if (listenerFailure) throw listenerFailure.error;
    return json;
  } catch (error) {
    if (listenerFailure) throw listenerFailure.error;
    if (signal?.aborted) throw stopped(command, options, signal);
    throw commandProblem(error, command, options, false);
  } finally {
    clearInterval(keepAlive);
    unfollow();
  }
}

/** Returns the problem of a call whose signal is aborted. @param now the state, if it is known */
function stopped(command: Command, options: Options, signal: AbortSignal, now?: string): Problem {
  const interruption = commandProblem(signal.reason, command, options, true);
  return new Problem(interruption.code, {
    ...interruption,
    why: 'The signal of the call was aborted.',
    now: now ?? interruption.now,
    cause: signal.reason,
  });
}
