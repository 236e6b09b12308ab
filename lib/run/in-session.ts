/** Runs the work of a command within a session, and names the stack on which it works. */
import { namesOf } from '../derive/names.ts';
import type { Survey } from '../look/found.ts';
import { systemClock } from '../model/clock.ts';
import { interrupted } from './failures.ts';
import type { Command } from './commands.ts';
import { stateFolder } from './home.ts';
import { lastRunFile, RunRecord, type LastRun } from './last-run.ts';
import type { CommandContext, CommandResult } from './main.ts';
import type { StackInfo } from './results.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';

/**
 * Opens a session, does the work of a command, and closes the session.
 * @throws Problem that explains the failure of the work; INTERRUPTED when the signal is aborted
 */
export async function inSession<Json extends object, Found = Survey>(
  { options, report, signal }: CommandContext,
  sessionOptions: Omit<SessionOptions<Found>, 'report' | 'signal'>,
  work: (session: Session<Found>) => Promise<CommandResult<Json>>,
): Promise<CommandResult<Json>> {
  report({ type: 'activity', text: 'looking for existing resources' });
  const record = new RunRecord(() => (sessionOptions.time?.clock ?? systemClock).now());
  const session = await openSession(options, {
    ...sessionOptions,
    report: record.recording(report),
    signal,
  });
  let outcome: LastRun['outcome'] = 'failed';
  try {
    const result = await work(session);
    outcome = 'done';
    return result;
  } catch (error) {
    if (signal.aborted) outcome = 'interrupted';
    throw signal.aborted ? interrupted(session.run) : session.explain(error);
  } finally {
    const { command, home } = sessionOptions;
    const { stack } = namesOf(session.config);
    if (sessionOptions.isReadOnly !== true)
      await record.save(lastRunFile(stack, home ?? stateFolder(options.config)), { command, stack, outcome });
    await session.close();
  }
}

/** Reports the stack on which a command works, and returns it. */
export function announce(
  { config: { region }, account, lookContext }: Pick<Session, 'config' | 'account' | 'lookContext'>,
  { options: { target }, report }: Pick<CommandContext, 'options' | 'report'>,
  command: Command,
): StackInfo {
  const { stack } = lookContext().names;
  report({ type: 'phase', text: `${command} ${stack} · ${target} · ${region} · account ${account}` });
  return { stack, target, region, account };
}
