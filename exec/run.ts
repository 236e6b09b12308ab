/** Runs `npm run exec`: starts a command in a running container, and becomes its terminal. */
import { randomBytes } from 'node:crypto';
import { ExecuteCommandCommand, type Task } from '@aws-sdk/client-ecs';
import { isCode } from '../lib/aws/errors.ts';
import type { LookContext } from '../lib/look/context.ts';
import { runningTasks } from '../lib/look/tasks.ts';
import { shellNeedsTerminal } from '../lib/run/bad-arguments.ts';
import type { ExecResult } from '../lib/run/exec-results.ts';
import { announce, inSession } from '../lib/run/in-session.ts';
import { containerNamed, type NamedContainer } from '../lib/run/one-container.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { Session, SessionDependencies } from '../lib/run/session.ts';
import { chooseTask, type ChosenTask } from './choose.ts';
import { runSession, type RunningSession } from './data-session.ts';
import { refusedSession, sessionEnded } from './problems.ts';
import { remoteCommand } from './remote-command.ts';
import { connectInput, connectTerminal, isTyped, sizeOf, type Streams } from './terminal.ts';

/** The maximum size of the output in a result for scripts, in bytes. */
const MAX_RESULT_BYTES = 64 * 1024 * 1024;

/** How long after its start an agent may not be connected yet, and how often and after which time the call is repeated. Milliseconds. */
const NEW_AGENT_MS = 120_000;
const ATTEMPTS = 5;
const RETRY_MS = 3_000;

/**
 * Does what `npm run exec` does: it changes no resource, and also works while another run changes the stack.
 * @param streams the terminal, or the standard input and output; undefined if a program calls the command
 * @returns the exit code of the command
 * @throws ARGUMENTS, EXEC_NO_TASK, EXEC_NOT_ENABLED, EXEC_NO_AGENT; EXEC_ENDED if the exit code is not known
 */
export async function execute(
  invocation: CommandContext,
  dependencies: SessionDependencies,
  streams: Streams | undefined,
): Promise<CommandResult<ExecResult>> {
  const { options } = invocation;
  // Checked before the first call.
  const place = containerNamed(await dependencies.config, options.container ?? '');
  const isAtTerminal = streams !== undefined && !options.json && isTyped(streams);
  if (!isAtTerminal && options.words.length === 0) throw shellNeedsTerminal(options.json);
  const sessionOptions = {
    command: 'exec',
    isReadOnly: true,
    doing: 'the command in the container',
    survey: ({ aws, names }: LookContext) => runningTasks(aws, names.cluster),
    ...dependencies,
  };
  return inSession(invocation, sessionOptions, (session) =>
    executeIn(session, invocation, { place, streams, isAtTerminal }),
  );
}

/** Where a command runs, and what it is connected to. */
interface Connected {
  readonly place: NamedContainer;
  readonly streams: Streams | undefined;
  readonly isAtTerminal: boolean;
}

async function executeIn(
  session: Session<Task[]>,
  invocation: CommandContext,
  connected: Connected,
): Promise<CommandResult<ExecResult>> {
  const { options, output, report } = invocation;
  const { place, streams, isAtTerminal } = connected;
  const stackInfo = announce(session, invocation, 'exec');
  const task = chooseTask(await session.found, place, options.task);
  report({ type: 'note', text: describe(place, task) });
  const command = remoteCommand({
    words: options.words,
    isTyped: isAtTerminal,
    hasInput: streams !== undefined && streams.stdin.isTTY !== true,
    token: `slipway-${randomBytes(12).toString('hex')}`,
  });
  const opened = await openDataChannel(session, invocation, { place, task, command: command.line });
  const collected: Uint8Array[] = [];
  let disconnect: () => void = () => undefined;
  try {
    const end = await runSession({
      ...opened,
      token: command.token,
      size: isAtTerminal && streams ? sizeOf(streams) : undefined,
      clock: session.run.clock,
      signal: output ? AbortSignal.any([invocation.signal, output.closed]) : invocation.signal,
      write: async (bytes) => {
        if (output && !options.json) await output.write(bytes);
        else collect(collected, bytes);
      },
      onStart: (running) => (disconnect = connect(running, connected, invocation)),
    });
    disconnect();
    invocation.signal.throwIfAborted();
    if (end.how !== 'exited') {
      if (output?.closed.aborted !== true) throw sessionEnded(place, end);
      return { exitCode: 0, text: '', json: resultOf(0), isPrinted: true };
    }
    return {
      exitCode: end.exitCode,
      text: '',
      json: resultOf(end.exitCode),
      isPrinted: output !== undefined && !options.json,
    };
  } finally {
    disconnect();
  }

  function resultOf(exitCode: number): ExecResult {
    const { service, container } = place;
    return {
      ...{ ...stackInfo, service: service.name, container: container.name, task: task.id, exitCode },
      ...outputText(Buffer.concat(collected)),
    };
  }
}

/** What to start. */
interface Started {
  readonly place: NamedContainer;
  readonly task: ChosenTask;
  readonly command: string;
}

/**
 * Opens a session. An agent that has just started may not be connected yet, so the call is repeated for a while.
 * @throws EXEC_NO_AGENT
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommand.html
 */
async function openDataChannel(
  session: Session<Task[]>,
  { signal, report }: CommandContext,
  { place, task, command }: Started,
): Promise<{ readonly streamUrl: string; readonly tokenValue: string }> {
  const { aws, names } = session.lookContext();
  const { clock } = session.run;
  const isNew = clock.now() - (task.agentStartedAt?.getTime() ?? 0) < NEW_AGENT_MS;
  const input = {
    ...{ cluster: names.cluster, task: task.taskArn, container: place.container.name },
    ...{ command, interactive: true },
  };
  for (let attempt = 1; ; attempt += 1)
    try {
      const { session: opened } = await aws.ecs(new ExecuteCommandCommand(input));
      const { streamUrl = '', tokenValue = '' } = opened ?? {};
      if (!isTrusted(streamUrl)) throw new Error(`AWS named an address that is not encrypted: ${streamUrl}`);
      return { streamUrl, tokenValue };
    } catch (error) {
      const isUnconnected = isCode(error, 'TargetNotConnected');
      if (isUnconnected && isNew && attempt < ATTEMPTS) {
        report({ type: 'activity', text: 'waiting for the agent of ECS Exec to connect' });
        await clock.sleep(RETRY_MS, signal);
        continue;
      }
      throw isUnconnected || isCode(error, 'InvalidParameter') ? refusedSession(place, error) : error;
    } finally {
      report({ type: 'activity', text: '' });
    }
}

/** Whether the address of a session keeps it secret: encrypted, or on this machine. */
const isTrusted = (address: string): boolean =>
  /^wss:\/\//.test(address) || /^ws:\/\/(127(\.\d+){3}|localhost)[:/]/.test(address);

/** Connects the standard streams to a command that has started. */
function connect(
  running: RunningSession,
  { streams, isAtTerminal }: Connected,
  { report }: CommandContext,
): () => void {
  if (!running.hasTerminal && isAtTerminal)
    report({
      type: 'note',
      text: 'the container has no terminal on this machine, which lacks the program script: type whole lines',
    });
  if (!isAtTerminal && running.hasTerminal && !running.isRaw)
    report({
      type: 'warning',
      text: 'the image lacks stty, so lines of the output end with a carriage return',
    });
  if (!streams) return () => undefined;
  if (isAtTerminal) return connectTerminal(running, streams);
  return streams.stdin.isTTY === true ? () => undefined : connectInput(running, streams);
}

const describe = ({ container }: NamedContainer, { id, among }: ChosenTask): string =>
  `in ${container.name} of task ${id}${among > 1 ? `, the newest healthy one of ${among}` : ''}`;

/** Collects output for a result. @throws RangeError if it is too large */
function collect(chunks: Uint8Array[], bytes: Uint8Array): void {
  chunks.push(bytes);
  if (chunks.reduce((sum, { length }) => sum + length, 0) > MAX_RESULT_BYTES)
    throw new RangeError(`The output is larger than ${MAX_RESULT_BYTES} bytes.`);
}

/** Converts output to a string that loses nothing. */
function outputText(bytes: Buffer): Pick<ExecResult, 'output' | 'encoding'> {
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes)
    ? { output: text, encoding: 'utf8' }
    : { output: bytes.toString('base64'), encoding: 'base64' };
}
