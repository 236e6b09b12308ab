/** The container engine of this machine, such as docker or podman: finds an engine that responds, and runs its commands. */
import { spawn } from 'node:child_process';

/** The engines, in the order in which they are tried. */
export const ENGINES = ['docker', 'podman', 'finch', 'buildah'] as const;
export type Engine = (typeof ENGINES)[number];

/** The command that fails if the engine does not run. `finch version` also succeeds without its virtual machine. */
const PROBES: Readonly<Record<Engine, string>> = {
  docker: 'version',
  podman: 'version',
  finch: 'info',
  // It needs no engine that runs.
  buildah: 'version',
};

/** Milliseconds to wait for an engine's version: an engine that is starting responds late, and one that hangs never does. */
const ANSWER_TIMEOUT_MS = 10_000;
/** The maximum number of characters of an engine's output that are kept; a build writes a lot. */
const MAX_OUTPUT_LENGTH = 64 * 1024;

export interface EngineRun {
  /** Whether the exit code was 0. */
  readonly ok: boolean;
  /** The end of its output, on both streams. */
  readonly output: string;
}

export interface EngineInput {
  readonly signal?: AbortSignal;
  /** The standard input of the command. Passwords are passed here, since every user of this machine can see arguments. */
  readonly input?: string;
  /** Variables that are added to the environment of the command, such as private build arguments. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Finds the first engine on the PATH that responds: a client whose engine is not running cannot build.
 * @see https://docs.docker.com/reference/cli/docker/version/
 */
export async function findEngine(): Promise<Engine | undefined> {
  for (const engine of ENGINES) {
    const run = await runEngine(engine, [PROBES[engine]], {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    }).catch(() => undefined);
    if (run?.ok) return engine;
  }
  return undefined;
}

/**
 * Runs a command of an engine and waits until it ends. Its output does not reach the terminal.
 * @throws ENOENT when there is no such program; AbortError when the signal aborts it
 */
export async function runEngine(
  engine: string,
  args: readonly string[],
  { signal, input = '', env = {} }: EngineInput = {},
): Promise<EngineRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(engine, args, {
      // Without attestations, a build is a single image rather than an index of an image and its attestations.
      env: { ...process.env, ...env, BUILDX_NO_DEFAULT_ATTESTATIONS: '1' },
      signal,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-MAX_OUTPUT_LENGTH);
      });
    }
    // An engine may exit without reading its input; its exit code decides.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    let failure: Error | undefined;
    child.on('error', (error) => {
      failure = error;
      if (child.pid === undefined) reject(error);
    });
    // Waits even for an aborted process, so that no process is left when the promise settles.
    child.on('close', (code) => (failure ? reject(failure) : resolve({ ok: code === 0, output })));
  });
}
