/** Runs `npm run dashboard`: serves the page of a stack until the command is interrupted. */
import { asTyped } from '../build/typed-command.js';
import { printable } from '../lib/model/printable.ts';
import { systemClock } from '../lib/model/clock.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import { namesOf } from '../lib/derive/names.ts';
import { hasDisplay, startBrowser } from '../lib/run/browser.ts';
import { commandLine } from '../lib/run/command-line.ts';
import { stateFolder } from '../lib/run/home.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { DriftResult } from '../lib/run/results.ts';
import { holdSession, type DashboardDependencies, type HeldSession } from './held-session.ts';
import { logsTopic } from './logs-topic.ts';
import { changesTopic, historyTopic, runTopic, sandboxTopic } from './more-topics.ts';
import { requestsTopic } from './requests-topic.ts';
import { startPageServer, type PageServer, type Served } from './server.ts';
import { statusTopic, type LastLook } from './status-topic.ts';
import { makeTopics } from './topics.ts';

/** The result for scripts, which is printed as soon as the server listens. */
export type DashboardResult = { readonly address: string };

/** The dependencies of the command. */
export interface DashboardCommand extends DashboardDependencies {
  /** Compares the stack with its configuration, as `npm run drift` does, without a lock. */
  readonly compare: (signal: AbortSignal) => Promise<DriftResult>;
}

/** The port by default; if it is in use, any free port. */
const DEFAULT_PORT = 4570;
const VIEWS = ['overview', 'deployments', 'run', 'changes', 'logs', 'events', 'cost'];

/**
 * Does what `npm run dashboard` does. It changes nothing, except that the switches of the sandbox inject failures into it.
 * @throws ARGUMENTS if the port is in use
 */
export async function dashboard(
  { options, report, signal, output }: CommandContext,
  dependencies: DashboardCommand,
): Promise<CommandResult<DashboardResult>> {
  // The mistakes of a configuration are reported before anything else happens.
  const config = await dependencies.config;
  const { clock } = dependencies.time ?? { clock: systemClock };
  // Notes and warnings of looks would disturb the terminal, and the page shows its own.
  const held = holdSession({ options, signal, report: () => undefined }, dependencies);
  const { stack } = namesOf(config);
  const { home = stateFolder(options.config) } = dependencies;
  const last: LastLook = { containers: new Map(), found: undefined };
  const isSandbox = config.target === 'sandbox';
  const topics = makeTopics(
    [
      statusTopic(held, options, clock, last),
      requestsTopic(held, options.target, clock, last),
      logsTopic(held, options, clock),
      historyTopic(held, options, clock),
      runTopic(options, async () => stack, home),
      changesTopic(options, clock, dependencies.compare),
      ...(isSandbox ? [sandboxTopic(held, options)] : []),
    ],
    clock,
  );
  const served: Served = {
    topics,
    base: ['status', 'requests'],
    hello: {
      ...{ stack, target: config.target, region: config.region, requestsEveryMs: isSandbox ? 1000 : 60_000 },
      views: [...VIEWS, ...(isSandbox ? ['sandbox'] : [])],
    },
    switches: isSandbox ? switchesOf(held, () => topics.refresh('sandbox')) : {},
  };
  const server = await startOn(options.port, served, commandLine('dashboard', options));
  try {
    const { address } = server;
    if (options.json)
      await output?.write(`${JSON.stringify({ version: 1, command: 'dashboard', ok: true, address })}\n`);
    else await output?.write(`${printable(address)}\n`);
    report({ type: 'note', text: `the page of ${stack}; it changes nothing, and Ctrl-C ends it` });
    if (options.open && !options.json && hasDisplay(process)) void startBrowser(address, process);
    await untilAborted(signal);
  } finally {
    // The calls of polls that are under way end together with the session.
    await Promise.all([server.close(), held.close()]);
  }
  return { exitCode: 0, text: '', json: { address: server.address }, isPrinted: true };
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Starts the server on the port of the user, or on the default port or any other that is free. */
async function startOn(port: number | undefined, served: Served, command: string): Promise<PageServer> {
  const isTaken = (error: unknown) => (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  try {
    return await startPageServer(port ?? DEFAULT_PORT, served);
  } catch (error) {
    if (!isTaken(error)) throw error;
    if (port === undefined) return startPageServer(0, served);
    throw portTaken(port, command, error);
  }
}

const portTaken = (port: number, command: string, cause: unknown): Problem =>
  problem('ARGUMENTS', {
    what: `Port ${port} is in use.`,
    why: 'Another program listens on it.',
    now: NOTHING_CHANGED,
    fix: [asTyped(command), 'which chooses a free port'],
    cause,
  });

/** The switches of the sandbox. They inject failures into the sandbox, and nothing else on the page changes anything. */
function switchesOf(held: HeldSession, onChange: () => void): Served['switches'] {
  const change = (page: 'weather' | 'faults' | 'clear-faults') => async (input: unknown) => {
    await held
      .use(async ({ session }) => {
        const { sandbox } = session.connectedTarget;
        // An invalid setting is no failure of the session.
        const failure = await sandbox?.inject?.(page, input).then(
          () => undefined,
          (error: unknown) => error as Error,
        );
        return failure;
      })
      .then((failure) => {
        if (failure) throw failure;
      });
    onChange();
  };
  return {
    'switches/weather': change('weather'),
    'switches/faults': change('faults'),
    'switches/clear-faults': change('clear-faults'),
  };
}
