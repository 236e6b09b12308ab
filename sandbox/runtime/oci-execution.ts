/** Runs a command in the namespaces of a container that an OCI runtime has started. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  EXECUTION_TERM,
  hasTerminals,
  startExecution,
  type ContainerExecution,
  type TerminalSize,
} from './execution.ts';

/** A container of an OCI runtime. */
interface OciContainerId {
  /** The program of the runtime. */
  readonly runtime: string;
  /** The options in front of its verbs. */
  readonly globals: readonly string[];
  /** The folder with the configuration of the container. */
  readonly bundle: string;
  readonly id: string;
  /** The variables of the runtime itself. */
  readonly environment: Record<string, string>;
  /** Resolves when the container has ended. */
  readonly exited: Promise<unknown>;
}

/** Starts a command, which ends with its container. */
export async function startOciExecution(
  { runtime, globals, bundle, id, environment, exited }: OciContainerId,
  command: readonly string[],
  size?: TerminalSize,
): Promise<ContainerExecution> {
  const pidFile = join(bundle, `execution-${Math.random().toString(36).slice(2)}`);
  const options = ['--pid-file', pidFile, '--env', `TERM=${EXECUTION_TERM}`];
  const terminal = hasTerminals() ? ['--tty'] : [];
  const args = [...globals, 'exec', ...options, ...terminal, id, ...command];
  const execution = await startExecution({ file: runtime, args, folder: bundle, environment }, size);
  const kill = () => {
    killFirst(pidFile);
    execution.kill();
  };
  void exited.then(kill);
  return { ...execution, kill };
}

/** Kills the first process of a command: the end of the runtime does not end it. */
function killFirst(pidFile: string): void {
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  } catch {
    // The command has not started, or has ended.
  }
}
