/** The main function of every command: arguments, output and exit codes. Only this file prints problems. */
import { styleText } from 'node:util';
import { asTyped } from '../../build/typed-command.js';
import type { Problem } from '../model/problem.ts';
import type { Report } from '../model/report.ts';
import { commandProblem } from './command-problem.ts';
import { COMMANDS_WITH_COMMAND, type Command } from './commands.ts';
import { onInterrupt } from './interrupt.ts';
import { outputTo, type Output } from './output.ts';
import type { ShownRun } from './progress/open-progress.ts';
import { readOptions, type Options } from './options.ts';
import { splitArguments } from './split-arguments.ts';
import { printable } from '../model/printable.ts';
import { timeline } from './timeline.ts';
import { withTypedCommands } from './typed-commands.ts';

/** The result of a command, to print on stdout. */
export interface CommandResult<Json extends object = Readonly<Record<string, unknown>>> {
  /** 0, or 2 if there is something to do; that of the command for `run` and `exec`. */
  readonly exitCode: number;
  /** The final lines for people; the last one states the result. */
  readonly text: string;
  /** The result for scripts. */
  readonly json: Json;
  /** Whether the command has found obstacles, which are in its result instead of in a problem: the document is then not `ok`. */
  readonly hasObstacles?: boolean;
  /** Whether the command has already printed its result on the output, so that nothing is left to print. */
  readonly isPrinted?: boolean;
  /** Colours a line of the text, on a terminal. */
  readonly paint?: (line: string) => string;
}

/** The version of the JSON documents, incremented when a field changes its meaning or is removed. */
const JSON_VERSION = 1;
/**
 * The exit code if `run` or `exec` itself fails, so that it differs from the codes of most commands. Docker uses it in the same way.
 * @see https://docs.docker.com/engine/containers/run/#exit-status
 */
const COMMAND_FAILED = 125;
/** How long `run` has after an interrupt to stop its task, in milliseconds. */
const STOP_TASK_MS = 5000;
/** Node's longest timer; it only keeps the process alive. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface CommandContext {
  readonly options: Options;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** Whether a user at a terminal can answer a question. */
  readonly interactive: boolean;
  /** Whether the output of the configuration is reported as notes, instead of being passed to stderr. */
  readonly isQuiet?: boolean;
  /** Prints lines while the command runs; undefined if a program calls the command. */
  readonly output?: Output;
  /** The width of the terminal on which events are shown, in characters; undefined without one. */
  readonly columns?: number | undefined;
}

/** Runs a command from its arguments to its exit code. */
export async function main(
  command: Command,
  purpose: string,
  work: (context: CommandContext) => Promise<CommandResult<object>>,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  // Silences the SDK's warning that it will stop supporting Node 20: stderr is reserved for Slipway's output.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const { own } = splitArguments(args);
  const isJson = own.includes('--json');
  const isStream = isJson && own.includes('--events');
  // For scripts, a drift is a provision that changes nothing.
  const document = { version: JSON_VERSION, command: command === 'drift' ? 'provision' : command };
  const colour = process.stderr.isTTY && process.env['NO_COLOR'] === undefined && !own.includes('--plain');
  // The reader may have closed the stream, as `| head` does: the run continues without output.
  process.stderr.on('error', () => undefined);
  const output = outputTo(process.stdout, own.includes('--plain') ? '' : process.env['NO_COLOR']);
  const { signal, overdue, stop } = onInterrupt(command === 'run' ? STOP_TASK_MS : undefined);
  // Keeps the process alive until the work is done: without anything to wait for, it would exit silently.
  const keepAlive = setInterval(() => undefined, MAX_TIMER_MS);
  let options: Options | undefined;
  let shown: ShownRun | undefined;
  try {
    const parsed = await readOptions(command, purpose, args, process.env);
    if ('help' in parsed) {
      process.stdout.write(asTyped(parsed.help));
      return;
    }
    options = parsed.options;
    const { openProgress } = await import('./progress/open-progress.ts');
    shown = await openProgress(command, options, {
      terminal: process.stderr,
      colour,
      env: process.env,
    });
    const { report: show } = shown;
    const listener = isStream ? withEventStream(show) : show;
    const report = timeline(withTypedCommands(listener), process.env['SLIPWAY_TIMELINE']);
    const interactive = process.stdin.isTTY && process.stderr.isTTY;
    // Some terminals report 0 columns.
    const columns = process.stderr.isTTY ? process.stderr.columns || 80 : undefined;
    const pendingResult = work({ options, report, signal, interactive, output, columns });
    const result = await Promise.race([pendingResult, overdue, uncaughtError()]);
    await shown.close();
    if (result.isPrinted !== true) {
      if (isJson) printJson({ ...document, ok: result.hasObstacles !== true, ...result.json }, isStream);
      else print(asTyped(result.text), output.colour ? result.paint : undefined);
    }
    process.exitCode = result.exitCode;
  } catch (error) {
    await shown?.close();
    const shownProblem = commandProblem(error, command, options, signal.aborted);
    process.stderr.write(problemText(shownProblem, colour));
    if (isJson)
      printJson(
        { ...document, ok: false, problem: problemJson(shownProblem) },
        isStream || options?.follow === true || options?.watch === true,
      );
    process.exitCode =
      shownProblem.code === 'INTERRUPTED'
        ? 130
        : COMMANDS_WITH_COMMAND.includes(command)
          ? COMMAND_FAILED
          : 1;
    // Work that did not stop could keep this process alive indefinitely. Everything created is recorded.
    process.exit();
  } finally {
    clearInterval(keepAlive);
    stop();
  }
}

/** Rejects with the first uncaught error, which would otherwise end the run with a bare stack trace. */
const uncaughtError = (): Promise<never> =>
  new Promise((_, reject) => process.on('uncaughtException', reject));

function print(what: string, paint = (line: string) => line): void {
  const text = printable(what).split('\n').map(paint).join('\n');
  if (text) process.stdout.write(`${text}\n`);
}

/** Prints the result for scripts. @param isStream whether it is the last line of a stream of events */
const printJson = (document: object, isStream: boolean): void =>
  print(isStream ? JSON.stringify({ type: 'result', ...document }) : JSON.stringify(document, null, 2));

/** Returns a report that also prints each event as a line of JSON. */
const withEventStream =
  (report: Report): Report =>
  (event) => {
    report(event);
    print(JSON.stringify({ at: new Date().toISOString(), ...event }));
  };

const problemJson = ({ code, what, why, now, fix }: Problem) => ({ code, what, why, now, fix });

/** Formats a problem for people: its four parts, one below the other. */
export function problemText(shown: Problem, colour: boolean): string {
  const { code, what, why, now, fix } = shown;
  const paint = (text: string) => (colour ? styleText('red', text, { validateStream: false }) : text);
  const [firstWhy = '', ...moreWhy] = printable(why).split('\n');
  const parts = [
    '',
    `${paint('problem')}  ${printable(what)} [${code}]`,
    `  why    ${firstWhy}`,
    ...moreWhy.map((line) => `         ${line}`),
    `  now    ${printable(now)}`,
    ...fix.map(printable).map((line, index) => `${index === 0 ? '  to do  ' : '         '}${line}`),
    '',
  ];
  const stackTrace = process.env['SLIPWAY_DEBUG']
    ? `${printable((shown.cause as Error | undefined)?.stack ?? shown.stack ?? '')}\n`
    : '';
  return `${parts.join('\n')}${stackTrace}`;
}
