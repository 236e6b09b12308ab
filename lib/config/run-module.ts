/** Runs a configuration in a process of its own: one that never ends, exits or crashes is a problem, not the end of the run. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { bundleModule } from './bundle.ts';
import type { Thrown, Variables, Word } from './child.js';
import type { StackContext } from './define.ts';
import { deserialize } from './serialize.js';

/** How a module is run. */
export interface ModuleRun {
  /** Given to what it exports, if that is a function. */
  readonly context: StackContext;
  /** Milliseconds that it may take. */
  readonly within: number;
  readonly signal?: AbortSignal | undefined;
}

/** It has no value: why, in words, and what it threw, if it did. */
export class ModuleFailure extends Error {
  override readonly name = 'ModuleFailure';
}

/** More than any configuration needs, MiB: one that fills the memory is stopped before the machine is. */
const MEMORY = 1024;

/**
 * Runs a module that is not part of Slipway. Environment variables that it sets are set here, too.
 * @param path absolute
 * @returns its default export, or what that returns if it is a function; nothing when it has none
 * @throws SyntaxError with the place when it cannot be bundled; ModuleFailure; the signal's reason
 */
export async function runModule(
  path: string,
  { context, within, signal }: ModuleRun,
): Promise<{ value?: unknown }> {
  signal?.throwIfAborted();
  // It starts while the module is bundled.
  const child = fork(join(import.meta.dirname, 'child.js'), [String(process.pid)], {
    env: process.env,
    execArgv: [`--max-old-space-size=${MEMORY}`],
    serialization: 'advanced',
    // What it prints is no result of ours: stdout may have to be one JSON document.
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('close', () => process.off('exit', kill));
  const heard = wordOf(child, within, signal);
  try {
    const { url, mapped } = await Promise.race([bundleModule(path), heard as Promise<never>]);
    child.send({ url, context });
    return valueOf(await heard, mapped);
  } finally {
    kill();
  }
}

/** The first word of a child. */
function wordOf(child: ChildProcess, within: number, signal?: AbortSignal): Promise<Word> {
  const word = new Promise<Word>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new ModuleFailure(`It was not done after ${within / 1000} s.`)),
      within,
    );
    const stop = () => reject(signal?.reason as Error);
    signal?.addEventListener('abort', stop, { once: true });
    child.once('message', ({ word, variables }: { word: Word; variables: Variables }) => {
      for (const [name, value] of Object.entries(variables)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      resolve(word);
    });
    child.once('error', reject);
    child.once('close', (code, ending) => {
      clearTimeout(late);
      signal?.removeEventListener('abort', stop);
      reject(new ModuleFailure(`Its process ended: ${ending ?? `exit code ${code}`}.`));
    });
  });
  // Who waits for it may still be bundling.
  word.catch(() => undefined);
  return word;
}

function valueOf(word: Word, mapped: (stack: string) => string): { value?: unknown } {
  if ('value' in word) return { value: deserialize(word.value) };
  if ('nothing' in word) return {};
  if ('thrown' in word) throw failureOf(word.thrown, mapped);
  throw new ModuleFailure(
    'exit' in word
      ? `It called process.exit(${word.exit}): a configuration runs inside of Slipway, and only says what it wants.`
      : 'It waits for something that never comes.',
  );
}

/** What was thrown, as an error of this process. */
function failureOf({ message, stack, shown }: Thrown, mapped: (stack: string) => string): ModuleFailure {
  const failure = new ModuleFailure(message ?? `It threw ${shown}.`);
  failure.stack = mapped(stack);
  return failure;
}
