/** The container engine of this machine, docker or podman: whether it answers, and one of its commands. */
import { spawn } from 'node:child_process';

/** Tried in this order. */
const ENGINES = ['docker', 'podman'] as const;
export type Engine = (typeof ENGINES)[number];

/** Milliseconds; an engine that is starting answers late, one that hangs never does. */
const ANSWER_TIMEOUT_MS = 10_000;
/** Characters that are kept of what an engine writes; a build writes a lot. */
const MAX_OUTPUT = 64 * 1024;

export interface EngineRun {
  readonly ok: boolean;
  /** The end of what it wrote, on both streams. */
  readonly output: string;
}

export interface EngineInput {
  readonly signal?: AbortSignal;
  /** What it reads: the place for a password, which arguments would show to everybody on this machine. */
  readonly input?: string;
}

/**
 * The first engine on the PATH that answers: a client alone builds nothing.
 * @see https://docs.docker.com/reference/cli/docker/version/
 */
export async function findEngine(): Promise<Engine | undefined> {
  for (const engine of ENGINES) {
    const run = await runEngine(engine, ['version'], {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    }).catch(() => undefined);
    if (run?.ok) return engine;
  }
  return undefined;
}

/**
 * Runs a command of an engine to its end. Nothing of it reaches the terminal.
 * @throws ENOENT when there is no such program; AbortError when the signal ends it
 */
export async function runEngine(
  engine: string,
  args: readonly string[],
  { signal, input = '' }: EngineInput = {},
): Promise<EngineRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(engine, args, {
      // Without attestations a build is one image, not an index of it and what is said about it.
      env: { ...process.env, BUILDX_NO_DEFAULT_ATTESTATIONS: '1' },
      signal,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-MAX_OUTPUT);
      });
    }
    // An engine that ends without reading is judged by how it ended.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    let failure: Error | undefined;
    child.on('error', (error) => {
      failure = error;
      if (child.pid === undefined) reject(error);
    });
    // What was told to stop is waited for: nothing of it is left when this ends.
    child.on('close', (code) => (failure ? reject(failure) : resolve({ ok: code === 0, output })));
  });
}
