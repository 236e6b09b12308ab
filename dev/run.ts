/** Runs `npm run dev`: brings up the stack, follows its sources and its configuration, and leaves everything as it was at the end. */
import { resolve } from 'node:path';
import { importedFiles } from '../lib/config/bundle.ts';
import { CONFIG_FILE, type Config } from '../lib/config/config.ts';
import { loadConfig } from '../lib/config/load.ts';
import { sourceBuilders, type OpenSourceBuilder } from '../lib/image/source-builder.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { fingerprint } from '../provision/drift.ts';
import { teardown } from '../teardown/run.ts';
import { makeLive, sourceFoldersOf, type Live } from './live.ts';
import { makeQueue } from './queue.ts';
import { openInterceptSession, sessionEnded } from './session.ts';
import { onQuit, type Input } from './quit.ts';
import {
  bringUpStack,
  stateBefore,
  type Before,
  type RunningStack,
  type StackDependencies,
} from './stack.ts';
import { watchFiles, type FileChange, type FileWatch } from './watch.ts';

export interface DevDependencies extends StackDependencies {
  readonly config: Promise<Config>;
  /** Where the user types `q`. */
  readonly input: Input;
  /** Builds the sources; by default, as a provision does. */
  readonly openBuilder?: OpenSourceBuilder;
}

/** Does what `npm run dev` does. */
export async function dev(invocation: CommandContext, dependencies: DevDependencies): Promise<CommandResult> {
  const config = await dependencies.config;
  const quit = onQuit(dependencies.input, invocation.signal);
  try {
    const before = await stateBefore(config, invocation, dependencies);
    const untilQuit = { ...invocation, signal: quit.signal };
    const stack = await bringUpStack(config, untilQuit, dependencies, before);
    try {
      await follow(stack, untilQuit, dependencies);
    } finally {
      await restore(stack, before, invocation, dependencies);
    }
    return { exitCode: 0, text: '', json: {} };
  } catch (error) {
    // The user has ended a provision.
    if (quit.signal.aborted && !invocation.signal.aborted) return { exitCode: 0, text: '', json: {} };
    throw error;
  } finally {
    quit.stop();
  }
}

/** Serves the sources until the user quits. @throws INTERRUPTED if the sandbox ends the session, or ends itself */
async function follow(
  first: RunningStack,
  invocation: CommandContext,
  dependencies: DevDependencies,
): Promise<void> {
  const { report, signal } = invocation;
  const note = (text: string) => report({ type: 'note', text });
  const { openBuilder = sourceBuilders(first.config.builder, signal, note) } = dependencies;
  const session = await openInterceptSession(first, invocation);
  const live = makeLive({
    session,
    report,
    openBuilder,
    onInputs({ inputs, folders }) {
      watch.addFiles(inputs.filter(isOwnFile));
      watch.addFolders(folders);
    },
  });
  const followed = session.follow((event) => live.onEvent(event));
  followed.catch(() => undefined);
  const configFile = resolve(invocation.options.config ?? CONFIG_FILE);
  const changes = makeQueue((change) => update.apply(change), report);
  const watch = watchFiles(changes.add);
  const update = makeUpdate(first, { live, configFile, watch, invocation, dependencies });
  try {
    await update.start();
    report({ type: 'phase', text: `watching; q stops${first.url === undefined ? '' : ` · ${first.url}`}` });
    const ended = followed.then(
      () => sessionEnded(new Error('The session is over.')),
      (error: unknown) => sessionEnded(error),
    );
    const problem = await Promise.race([ended, aborted(signal)]);
    if (problem && !signal.aborted) throw problem;
  } finally {
    watch.close();
    await changes.close();
    await session.end().catch(() => undefined);
    await live.close();
  }
}

interface UpdateContext {
  readonly live: Live;
  readonly configFile: string;
  readonly watch: FileWatch;
  readonly invocation: CommandContext;
  readonly dependencies: DevDependencies;
}

/** Makes the function that follows changes of the configuration and of the sources. */
function makeUpdate(first: RunningStack, context: UpdateContext) {
  const { live, configFile, watch, invocation, dependencies } = context;
  const { options, signal, report } = invocation;
  let stack = first;
  let configFiles: readonly string[] = [];

  async function watchConfiguration(): Promise<void> {
    configFiles = await importedFiles(configFile);
    watch.addFiles(configFiles);
    watch.addFolders(sourceFoldersOf(stack.config.services));
  }

  async function applyConfiguration(): Promise<void> {
    const { config: file, stage, target, builder, name } = options;
    const config = await loadConfig({ file, stage, target, builder, name, needsSources: true, signal });
    await watchConfiguration();
    if (fingerprint(config) === fingerprint(stack.config)) return;
    report({ type: 'phase', text: 'the configuration has changed' });
    stack = await bringUpStack(config, invocation, dependencies, { hadSandbox: true });
    await watchConfiguration();
    await live.use(stack);
  }

  return {
    async start(): Promise<void> {
      await watchConfiguration();
      await live.use(stack);
    },
    async apply(change: FileChange): Promise<void> {
      if (change.files.some((file) => configFiles.includes(file))) await applyConfiguration();
      await live.apply(change);
    },
  };
}

/** Removes the stack if there was none before, and stops the sandbox if it did not run before. */
async function restore(
  { config, sandbox }: RunningStack,
  { hadStack, hadSandbox }: Before,
  invocation: CommandContext,
  { openSandbox, home }: DevDependencies,
): Promise<void> {
  const { options, report, signal } = invocation;
  // After a signal, there is no time for a teardown.
  if (signal.aborted) {
    if (!hadStack) report({ type: 'note', text: 'the stack still runs; npm run teardown removes it' });
    return;
  }
  if (!hadStack) {
    const sessionDependencies = {
      openSandbox,
      config: Promise.resolve(config),
      ...(home !== undefined && { home }),
    };
    await teardown({ ...invocation, options: { ...options, yes: true } }, sessionDependencies);
  } else if (!hadSandbox) await sandbox.stop();
}

const isOwnFile = (file: string): boolean => !file.includes('/node_modules/');

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
