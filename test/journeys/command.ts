/** For journeys: runs Slipway's commands as real processes, and parses the output that users read. */
import type { ChildProcess } from 'node:child_process';

/** The result of a command. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line on stdout. */
  readonly lastLine: string;
  /** The problem on stderr, split into its parts; undefined if no problem was printed. */
  readonly problem: ShownProblem | undefined;
}

/** The four parts of a problem on stderr, and its code. */
export interface ShownProblem {
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly now: string;
  readonly fix: readonly string[];
}

/** A running command. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly done: Promise<Outcome>;
  /** Resolves when the output matches; rejects if the command ends before that. */
  readonly outputs: (pattern: RegExp) => Promise<void>;
}

/** Collects the output of a process until it ends. */
export function followProcess(child: ChildProcess): RunningCommand {
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  const notify = () => listeners.forEach((listener) => listener());
  child.stdout?.on('data', (chunk) => ((stdout += String(chunk)), notify()));
  child.stderr?.on('data', (chunk) => ((stderr += String(chunk)), notify()));
  const done = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const lastLine = stdout.trim().split('\n').at(-1) ?? '';
      resolve({
        code,
        stdout,
        stderr,
        lastLine,
        problem: parseProblem(stderr) ?? crashProblem(code, stderr),
      });
    });
  });
  return {
    child,
    done,
    outputs: (pattern) =>
      new Promise((resolve, reject) => {
        const listen = () => pattern.test(stdout + stderr) && (listeners.delete(listen), resolve());
        listeners.add(listen);
        listen();
        void done.then(() =>
          reject(new Error(`The command ended without printing ${String(pattern)}:\n${stdout}${stderr}`)),
        );
      }),
  };
}

/** Returns a placeholder problem that contains the stderr of a command that failed without printing a problem. */
const crashProblem = (code: number | null, stderr: string): ShownProblem | undefined =>
  code === 1 ? { code: 'no problem shown', what: stderr, why: '', now: '', fix: [] } : undefined;

/** Parses a printed problem. Its parts are recognised by their labels and columns. */
function parseProblem(stderr: string): ShownProblem | undefined {
  const [, what = '', code = '', rest = ''] =
    /^problem {2}(.+) \[([A-Z_]+)\]\n((?: {2}.*\n)+)/m.exec(stderr) ?? [];
  if (code === '') return undefined;
  const part = (label: string) =>
    (new RegExp(`^  ${label.padEnd(7)}(.*(?:\n {9}.*)*)`, 'm').exec(rest)?.[1] ?? '').replaceAll(
      /\n {9}/g,
      '\n',
    );
  return { code, what, why: part('why'), now: part('now'), fix: part('to do').split('\n') };
}
