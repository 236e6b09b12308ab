/** Runs `npm run logs`: prints what the containers have printed, and continues with new lines. */
import { isNotFound, isRejectedCredentials, messageOf } from '../lib/aws/errors.ts';
import type { LookContext } from '../lib/look/context.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import { printable } from '../lib/model/printable.ts';
import { announce, inSession } from '../lib/run/in-session.ts';
import { commandLine } from '../lib/run/command-line.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { redactorFor } from '../lib/run/redact.ts';
import type { LogsResult } from '../lib/run/logs-results.ts';
import type { Session, SessionDependencies } from '../lib/run/session.ts';
import { timeOf } from '../lib/run/since.ts';
import { systemClock } from '../lib/model/clock.ts';
import { followLog } from './follow.ts';
import { lineJson, lineText } from './line-text.ts';
import { newestLines, type NewestLines } from './newest.ts';
import { pagesOf, type LogEvent, type LogPage, type ReadPages } from './pages.ts';
import { selectionOf, type Selection } from './selection.ts';
import { makeShownEvents } from './shown-events.ts';

/** The number of lines that are printed by default. */
const LINES = 100;
/** The maximum number of lines in a result for scripts. */
const MAX_RESULT_LINES = 100_000;

/** The first lines of a log, and how to read on. */
interface OpenLog {
  readonly selection: Selection;
  readonly read: ReadPages;
  /** The last lines; undefined if the user has given a time. */
  readonly newest: NewestLines | undefined;
}

/**
 * Does what `npm run logs` does. It changes nothing, and also works while another run changes the stack.
 * @throws ARGUMENTS if there is no such container; NO_LOG if the stack has no log; CREDENTIALS_EXPIRED with the time to continue from
 */
export async function logs(
  invocation: CommandContext,
  dependencies: SessionDependencies,
): Promise<CommandResult<LogsResult>> {
  const { options } = invocation;
  const { clock } = dependencies.time ?? { clock: systemClock };
  const start = clock.now();
  const since = options.since === undefined ? undefined : timeOf(options.since, start);
  // Checked before the first call.
  const selection = selectionOf(await dependencies.config, options.container);
  const sessionOptions = {
    command: 'logs',
    isReadOnly: true,
    doing: 'the reading of the log',
    survey: async ({ config, aws, names }: LookContext): Promise<OpenLog> => {
      const { grep } = options;
      const redact = redactorFor(config);
      const read = pagesOf({ aws, logGroupName: names.logGroup, selection, grep, redact });
      const isEveryLine =
        grep === undefined && (options.container === undefined || selection.prefix !== undefined);
      const newest =
        since === undefined ? await newestLines(read, { count: LINES, now: start, isEveryLine }) : undefined;
      return { selection, read, newest };
    },
    ...dependencies,
  };
  return inSession(invocation, sessionOptions, (session) => execute(session, invocation, since ?? start));
}

/** @param since milliseconds since 1970 */
async function execute(
  session: Session<OpenLog>,
  invocation: CommandContext,
  since: number,
): Promise<CommandResult<LogsResult>> {
  const { options, output, report, signal } = invocation;
  const { clock } = session.run;
  const stackInfo = announce(session, invocation, 'logs');
  const { selection, read, newest } = await session.found.catch((error: unknown) => {
    throw isNotFound(error) ? noLog(stackInfo.stack) : error;
  });
  report({ type: 'activity', text: '' });
  const isStream = output !== undefined && (options.follow || !options.json);
  const collected = makeCollection();
  const show = async (events: readonly LogEvent[]): Promise<void> => {
    if (!isStream) return collected.add(events);
    const format = { selection, colour: output.colour, now: clock.now() };
    const text = events.map((event) =>
      options.json ? `${printable(JSON.stringify(lineJson(event)))}\n` : lineText(event, format),
    );
    if (text.length > 0) await output.write(text.join(''));
  };
  const stop = output ? AbortSignal.any([signal, output.closed]) : signal;
  const shown = makeShownEvents(newest?.from ?? since, newest?.events);
  const progress = { last: newest?.events.at(-1)?.at ?? newest?.from ?? since, isEmpty: true };
  const showNew = async (events: readonly LogEvent[]): Promise<void> => {
    progress.isEmpty &&= events.length === 0;
    progress.last = Math.max(progress.last, ...events.slice(-1).map(({ at }) => at));
    await show(events);
  };
  const endWatch = options.follow ? output?.watch() : undefined;
  try {
    if (newest) await showNew(newest.events);
    if (options.follow)
      await followLog({
        read,
        shown,
        clock,
        signal: stop,
        show: showNew,
        onWait: (text) => report({ type: 'warning', text }),
      });
    else if (!newest) await showAll(read(since), showNew, stop);
  } catch (error) {
    if (isNotFound(error)) throw noLog(stackInfo.stack);
    if (isRejectedCredentials(error) && options.follow)
      throw expired(error, commandLine('logs', { ...options, since: new Date(progress.last).toISOString() }));
    throw error;
  } finally {
    endWatch?.();
  }
  if (!options.follow) signal.throwIfAborted();
  if (progress.isEmpty && !signal.aborted) report({ type: 'note', text: 'there are no such lines' });
  return { exitCode: 0, text: '', json: { ...stackInfo, ...collected.result() }, isPrinted: isStream };
}

/** Shows all events of some pages. */
async function showAll(
  pages: AsyncIterable<LogPage>,
  show: (events: readonly LogEvent[]) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for await (const { events } of pages) {
    await show(events);
    if (signal.aborted) return;
  }
}

/** Collects lines for a result, of which the oldest are left out if there are too many. */
function makeCollection() {
  let lines: LogsResult['lines'] = [];
  let omitted = 0;
  return {
    add(events: readonly LogEvent[]): void {
      const all = [...lines, ...events.map(lineJson)];
      lines = all.slice(-MAX_RESULT_LINES);
      omitted += all.length - lines.length;
    },
    result: () => ({ lines, omitted }),
  };
}

const noLog = (stack: string): Problem =>
  problem('NO_LOG', {
    what: `There is no log of ${stack}.`,
    why: 'Its log group does not exist: the stack has not been provisioned, or has been removed.',
    now: NOTHING_CHANGED,
    fix: ['npm run provision'],
  });

const expired = (cause: unknown, command: string): Problem =>
  problem('CREDENTIALS_EXPIRED', {
    what: 'AWS no longer accepts the credentials, so no more lines arrive.',
    why: messageOf(cause),
    now: NOTHING_CHANGED,
    fix: [
      'Sign in again (aws sso login, or new keys).',
      `${command}, to continue with the lines after the last one`,
    ],
    cause,
  });
