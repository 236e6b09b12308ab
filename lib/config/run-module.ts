/** Runs a configuration in a separate process, so that a configuration that hangs, exits or crashes is reported as a problem and does not end the run. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleModule } from './bundle.ts';
import type { Reply, Thrown, Variables } from './child.js';
import type { StackContext } from './define.ts';
import { deserialize } from './serialize.js';

/** The settings of a run of a module. */
export interface ModuleRun {
  /** The argument for the exported value, if that is a function. */
  readonly context: StackContext;
  /** The number of milliseconds that the module may run. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Receives each line that the module prints; by default, the lines are passed to stderr. */
  readonly onOutput?: ((line: string) => void) | undefined;
}

/** The error of a module that yields no value. The message is the reason. */
export class ModuleFailure extends Error {
  override readonly name: string = 'ModuleFailure';
}

/** An error that the module itself threw, with the original message and stack. */
export class ThrownInModule extends ModuleFailure {
  override readonly name = 'ThrownInModule';
}

/** More than any configuration needs, but little enough that a memory leak ends the process before it affects the machine. */
const MAX_HEAP_MIB = 1024;

/**
 * Runs a module that is not part of Slipway. Environment variables that it sets are set in this process, too.
 * @param path absolute
 * @returns the default export, or the result of calling it if it is a function; an empty object if there is no default export
 * @throws SyntaxError with the location when it cannot be bundled; ThrownInModule; ModuleFailure; the signal's reason
 */
export async function runModule(
  path: string,
  { context, timeoutMs, signal, onOutput }: ModuleRun,
): Promise<{ value?: unknown }> {
  signal?.throwIfAborted();
  // The process starts while the module is bundled.
  const child = fork(join(import.meta.dirname, 'child.js'), [String(process.pid)], {
    env: process.env,
    execArgv: [`--max-old-space-size=${MAX_HEAP_MIB}`],
    serialization: 'advanced',
    // The output of the module goes to stderr: stdout may be reserved for a single JSON document.
    stdio: onOutput ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 2, 2, 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr])
    if (stream && onOutput) createInterface({ input: stream }).on('line', onOutput);
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('close', () => process.off('exit', kill));
  const reply = replyOf(child, timeoutMs, signal);
  try {
    const { url, mapStack } = await Promise.race([bundleModule(path), reply as Promise<never>]);
    child.send({ url, context });
    return valueOf(await reply, mapStack);
  } finally {
    kill();
  }
}

/** Waits for the first reply of a child, and sets the environment variables that the reply contains. */
function replyOf(child: ChildProcess, timeoutMs: number, signal?: AbortSignal): Promise<Reply> {
  const reply = new Promise<Reply>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new ModuleFailure(`It did not finish within ${timeoutMs / 1000} s.`)),
      timeoutMs,
    );
    const onAbort = () => reject(signal?.reason as Error);
    signal?.addEventListener('abort', onAbort, { once: true });
    child.once('message', ({ reply, variables }: { reply: Reply; variables: Variables }) => {
      for (const [name, value] of Object.entries(variables)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      resolve(reply);
    });
    child.once('error', reject);
    child.once('close', (code, signalName) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      reject(new ModuleFailure(`Its process ended: ${signalName ?? `exit code ${code}`}.`));
    });
  });
  // The promise may reject while the caller is still bundling.
  reply.catch(() => undefined);
  return reply;
}

function valueOf(reply: Reply, mapStack: (stack: string) => string): { value?: unknown } {
  if ('value' in reply) return { value: deserialize(reply.value) };
  if ('nothing' in reply) return {};
  if ('thrown' in reply) throw failureOf(reply.thrown, mapStack);
  throw new ModuleFailure(
    'exit' in reply
      ? `It called process.exit(${reply.exit}): a configuration runs inside Slipway and must only describe a stack.`
      : 'It waits for something that never happens.',
  );
}

/** Converts a thrown value to an error of this process. */
function failureOf(
  { message, stack, inspected }: Thrown,
  mapStack: (stack: string) => string,
): ModuleFailure {
  const failure = new ThrownInModule(message ?? `It threw ${inspected}.`);
  failure.stack = mapStack(stack);
  return failure;
}
