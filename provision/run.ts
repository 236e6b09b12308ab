/** Provision, from beginning to end: opens a session, surveys, hands over to what carries it out, and closes. */
import { nouns } from '../lib/model/architecture.ts';
import { survey } from '../lib/engine/survey.ts';
import { interrupted } from '../lib/run/failures.ts';
import type { CommandResult, CommandContext } from '../lib/run/main.ts';
import { openSession, type SessionDependencies } from '../lib/run/session.ts';

/** Loaded while AWS answers the survey. */
const rest = () => import('./execute.ts');

/** Does what `npm run provision` does, and returns what to print. */
export async function provision(
  running: CommandContext,
  outside: SessionDependencies,
): Promise<CommandResult> {
  const { options, report, signal } = running;
  const start = performance.now();
  const session = await openSession(options, {
    command: options.drift ? 'drift' : 'provision',
    report,
    signal,
    // A failure is told when it is needed.
    survey: (context) => survey(context, nouns, () => void rest().catch(() => undefined)),
    ...outside,
  });
  try {
    const { execute: carryOut } = await rest();
    return await carryOut(session, running, start);
  } catch (error) {
    throw signal.aborted ? interrupted(session.run) : session.explain(error);
  } finally {
    await session.close();
  }
}
