/** Runs a command beside the program of a container, with input, and with a terminal where this machine has the tools for one. */
import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import type { Readable } from 'node:stream';
import { PassThrough } from 'node:stream';
import { pidOf, signalGroup, startWatchdog, type ProcessSpec } from './process.ts';

/** The size of a terminal, in characters. */
export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** A command that runs in a container. */
export interface ContainerExecution {
  /** What the command prints; ends when the command has ended and everything was delivered. */
  readonly output: Readable;
  /** Resolves when the command and its children have ended. */
  readonly ended: Promise<void>;
  write(input: Buffer): void;
  resize(size: TerminalSize): void;
  /** Kills the command and its children; has no effect when they have ended. */
  kill(): void;
}

/** The programs that make a terminal: that of util-linux, which passes on the exit code, and that of coreutils. */
const SCRIPT = '/usr/bin/script';
const STTY = ['/usr/bin/stty', '/bin/stty'];
/** The kind of terminal that the agent of AWS names to programs. */
export const EXECUTION_TERM = 'xterm-256color';
/** The size if the client reports none. */
const DEFAULT_SIZE: TerminalSize = { cols: 80, rows: 24 };
const SIGKILL = osConstants.signals.SIGKILL;
/** How long to wait for output after the command has ended, since a child that has left its session may keep the pipe open. */
const DRAIN_MS = 1_000;

/** Whether commands get a terminal on this machine: on Linux, with `script` and `stty`. */
export const hasTerminals = (): boolean =>
  process.platform === 'linux' && isExecutable(SCRIPT) && sttyProgram() !== undefined;

const sttyProgram = () => STTY.find(isExecutable);

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a command. Standard output and standard error become one stream, as with every terminal.
 * @param spec what to start, without a terminal
 * @param size the first size of the terminal
 * @throws the error of spawn, such as ENOENT
 */
export async function startExecution(
  spec: ProcessSpec,
  size: TerminalSize = DEFAULT_SIZE,
): Promise<ContainerExecution> {
  const hasTerminal = hasTerminals();
  const child = spawn(...commandOf(spec, hasTerminal ? size : undefined), {
    cwd: spec.folder,
    env: { ...spec.environment, TERM: EXECUTION_TERM, ...(hasTerminal && { SHELL: '/bin/sh' }) },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...spec.user,
  });
  const pid = await pidOf(child);
  const watchdog = startWatchdog(pid);
  const output = new PassThrough();
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  // The command may end before it has read everything.
  child.stdin.on('error', () => undefined);
  let isRunning = true;
  const kill = () => {
    // A program of a terminal leads a session, which is not part of the group.
    for (const leader of hasTerminal && isRunning ? childrenOf(pid) : []) killSession(leader);
    signalGroup(pid, SIGKILL);
  };
  child.once('exit', () => {
    kill();
    isRunning = false;
    watchdog.kill('SIGKILL');
    const drained = setTimeout(
      () => [child.stdout, child.stderr].forEach((pipe) => pipe.destroy()),
      DRAIN_MS,
    );
    child.once('close', () => clearTimeout(drained));
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      output.end();
      resolve();
    });
  });
  return {
    output,
    ended,
    write: (input) => void (child.stdin.writable && child.stdin.write(input)),
    resize: (size) => {
      if (hasTerminal && isRunning) resizeTerminal(pid, size);
    },
    kill: () => {
      if (isRunning) kill();
    },
  };
}

/** Returns what to spawn: without a size, no terminal. `script` starts a shell with a command line, in its own terminal. */
function commandOf({ file, args }: ProcessSpec, size: TerminalSize | undefined): [string, string[]] {
  if (!size) return [file, [...args]];
  const { cols, rows } = size;
  const command = [file, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const line = `unset SHELL; ${sttyProgram()} sane cols ${cols} rows ${rows}; exec ${command}`;
  return [SCRIPT, ['-q', '-e', '-f', '-c', line, '/dev/null']];
}

/** Changes the size of the terminal of a command, which reports it to the programs with SIGWINCH. */
function resizeTerminal(pid: number, { cols, rows }: TerminalSize): void {
  const terminal = childrenOf(pid)
    .map(terminalOf)
    .find((path) => path !== undefined);
  const stty = sttyProgram();
  if (terminal === undefined || stty === undefined) return;
  execFile(stty, ['-F', terminal, 'cols', String(cols), 'rows', String(rows)], () => undefined);
}

function terminalOf(pid: number): string | undefined {
  try {
    const path = readlinkSync(`/proc/${pid}/fd/0`);
    return /^\/dev\/pts\/\d+$/.test(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').map(Number).filter(Boolean);
  } catch {
    return [];
  }
}

/** Kills every process of a session: shells start their jobs in separate groups. */
function killSession(leader: number): void {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    if (sessionOf(name) === leader) signalProcessIfAlive(Number(name));
  }
}

/** Returns the session of a process: the fourth field after its name, which may contain any character. */
function sessionOf(pid: string): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[3]);
  } catch {
    return undefined;
  }
}

function signalProcessIfAlive(pid: number): void {
  try {
    process.kill(pid, SIGKILL);
  } catch {
    // The process has ended.
  }
}
