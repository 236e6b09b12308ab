/** Runs a provision: opens a session, surveys, executes, and closes the session. */
import { survey } from '../lib/engine/survey.ts';
import { nouns } from '../lib/model/architecture.ts';
import { interrupted } from '../lib/run/failures.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { openSession, type SessionDependencies } from '../lib/run/session.ts';

/** Loaded while the responses of the survey are pending. */
const loadExecute = () => import('./execute.ts');

/** Does what `npm run provision` does, and returns what to print. */
export async function provision(
  invocation: CommandContext,
  dependencies: SessionDependencies,
): Promise<CommandResult> {
  const { options, report, signal } = invocation;
  const start = performance.now();
  const session = await openSession(options, {
    command: options.drift ? 'drift' : 'provision',
    report,
    signal,
    // A failure to load is reported by the await below.
    survey: (context) => survey(context, nouns, () => void loadExecute().catch(() => undefined)),
    ...dependencies,
  });
  try {
    const { execute } = await loadExecute();
    return await execute(session, invocation, start);
  } catch (error) {
    throw signal.aborted ? interrupted(session.run) : session.explain(error);
  } finally {
    await session.close();
  }
}
