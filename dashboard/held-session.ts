/** Holds the session of the page: opens it when it is first needed, and again after its connection or its credentials have failed. */
import { commandProblem } from '../lib/run/command-problem.ts';
import { isProblem, NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import type { CommandContext } from '../lib/run/main.ts';
import type { StackInfo } from '../lib/run/results.ts';
import { openSession, type Session, type SessionDependencies } from '../lib/run/session.ts';
import { sandboxPort, type OpenSandbox, type SandboxHandle } from '../lib/run/target.ts';

/** Finds a running sandbox, and starts none. @throws an error if another program listens on the port */
export type FindSandbox = (port: number, signal?: AbortSignal) => Promise<SandboxHandle | undefined>;

/** The dependencies of the page: those of a session, except that no sandbox is started. */
export interface DashboardDependencies extends Omit<SessionDependencies, 'openSandbox'> {
  readonly findSandbox: FindSandbox;
}

/** An open session, and the stack on which it works. */
export interface Held {
  readonly session: Session<void>;
  readonly stackInfo: StackInfo;
}

/** The sentence that the page shows instead of data, or above old data. */
export interface Notice {
  /** The code of the problem; `SANDBOX_STOPPED` and `NO_STACK` are no problems. */
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly fix: readonly string[];
}

export interface HeldSession {
  /**
   * Does work in the session. If it fails, the session is closed, and the next call opens another one: its connection or its
   * credentials may have failed.
   * @throws Problem
   */
  use<T>(work: (held: Held) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function holdSession(
  { options, report, signal }: Pick<CommandContext, 'options' | 'report' | 'signal'>,
  { findSandbox, ...dependencies }: DashboardDependencies,
): HeldSession {
  let opening: Promise<Held> | undefined;

  async function open(): Promise<Held> {
    const config = await dependencies.config;
    const session = await openSession<void>(options, {
      ...dependencies,
      command: 'dashboard',
      isReadOnly: true,
      report,
      signal,
      survey: async () => undefined,
      doing: 'a look at the stack',
      openSandbox: runningSandbox(findSandbox),
    });
    const { stack } = session.lookContext().names;
    const { target, region } = config;
    return { session, stackInfo: { stack, target, region, account: session.account } };
  }

  async function close(): Promise<void> {
    const closing = opening;
    opening = undefined;
    await (await closing?.catch(() => undefined))?.session.close();
  }

  return {
    async use(work) {
      const current = (opening ??= open());
      try {
        const held = await current;
        return await work(held).catch((error: unknown) => {
          throw held.session.explain(error);
        });
      } catch (error) {
        // Another call may have opened a new session meanwhile.
        if (opening === current) await close();
        throw error;
      }
    },
    close,
  };
}

/** Opens only a sandbox that is running. */
export const runningSandbox =
  (find: FindSandbox): OpenSandbox =>
  async ({ port, signal }) => {
    const found = await find(port, signal);
    if (found) return found;
    throw new NoSandbox();
  };

/** Thrown instead of starting a sandbox. */
class NoSandbox extends Error {}

const isStopped = (error: unknown): boolean =>
  isProblem(error, 'SANDBOX_START') && error.cause instanceof NoSandbox;

/** Explains a failure to the user of the page. */
export function noticeOf(error: unknown, options: CommandContext['options']): Notice {
  const shown = commandProblem(isStopped(error) ? stoppedProblem() : error, 'dashboard', options, false);
  return {
    code: isStopped(error) ? 'SANDBOX_STOPPED' : shown.code,
    what: shown.what,
    why: shown.why,
    fix: shown.fix,
  };
}

const stoppedProblem = (): Problem =>
  problem('SANDBOX_START', {
    what: 'The sandbox is not running.',
    why: `Nothing listens on port ${sandboxPort()} of this machine. The page connects as soon as a sandbox runs.`,
    now: NOTHING_CHANGED,
    fix: ['npm run provision, to start a sandbox with the stack', 'npm run sandbox, to start it as it was'],
  });

/** Says that a stack does not exist. @param forUser spells a command as the user types it */
export const missingNotice = (stack: string, forUser: (advice: string) => string): Notice => ({
  code: 'NO_STACK',
  what: `${stack} does not exist.`,
  why: 'None of its resources was found. The page shows it as soon as it is provisioned.',
  fix: [forUser('npm run provision')],
});
