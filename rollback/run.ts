/** Runs `npm run rollback`: restores an earlier revision of a service, without its source and in one deployment. */
import { revisionNumber } from '../lib/aws/task-definition-revisions.ts';
import { expectedProvision } from '../lib/engine/expected-duration.ts';
import { survey } from '../lib/engine/survey.ts';
import type { LookContext } from '../lib/look/context.ts';
import { declined, isConfirmed } from '../lib/run/confirm.ts';
import { interrupted } from '../lib/run/failures.ts';
import { announce, inSession } from '../lib/run/in-session.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { durationText } from '../lib/run/progress/duration-text.ts';
import type { Declined, RollbackPlan, RollbackResult } from '../lib/run/results.ts';
import type { Session, SessionDependencies } from '../lib/run/session.ts';
import { checkOwner } from '../lib/run/stack-owner.ts';
import { DEPLOYED_NOUNS, finishServices, updateOfService } from './finish-services.ts';
import { planRollback } from './plan.ts';
import { carryOutRollback, rollbackText } from './restore.ts';

/** The result of a rollback or of its plan. */
export type RollbackOutcome = RollbackResult | RollbackPlan | Declined;

/** Does what `npm run rollback` does, and returns what to print. */
export async function rollback(
  invocation: CommandContext,
  dependencies: SessionDependencies,
): Promise<CommandResult<RollbackOutcome>> {
  const start = performance.now();
  const sessionOptions = {
    command: 'rollback',
    survey: (context: LookContext) => survey(context, DEPLOYED_NOUNS),
    ...dependencies,
  };
  return inSession(invocation, sessionOptions, (session) => execute(session, invocation, start));
}

async function execute(
  session: Session,
  invocation: CommandContext,
  start: number,
): Promise<CommandResult<RollbackOutcome>> {
  const { options, report, signal } = invocation;
  const { run } = session;
  const stackInfo = announce(session, invocation, 'rollback');
  const found = await session.found;
  const unknownNote = checkOwner(session, found, 'rollback', invocation);
  const plan = await planRollback(session, found, options.service, options.to);
  const json = {
    ...stackInfo,
    service: plan.key,
    from: revisionNumber(plan.existing.taskDefinitionArn),
    to: plan.revision,
    images: Object.fromEntries(plan.images),
  };
  const text = rollbackText(plan);
  const isDone =
    plan.isInService &&
    run.state.data.rollback?.service !== plan.key &&
    plan.existing.rollout === 'COMPLETED';
  if (options.plan)
    return isDone
      ? { exitCode: 0, text: `${plan.key}: revision ${plan.revision} is already in service.`, json }
      : { exitCode: 2, text: `  ~ rollback ${text}`, json };
  if (!isDone) {
    report({ type: 'phase', text: `plan: ${text}` });
    const isAgreed = await isConfirmed(invocation, {
      command: 'rollback',
      ...stackInfo,
      counts: text,
      duration: expectedProvision([updateOfService(plan.key)]),
      unknownNote,
    });
    if (!isAgreed) return declined(invocation, stackInfo);
    await carryOutRollback(session, plan);
    const hasRelease = plan.deployed.service.containers.some(({ release }) => release !== undefined);
    if (hasRelease) report({ type: 'note', text: 'a rollback runs no release command' });
  }
  const url = await finishServices(session, found, [plan]);
  if (signal.aborted) throw interrupted(run);
  if (!isDone) await run.state.recordRollback(undefined);
  const elapsed = durationText(performance.now() - start);
  const summary = isDone
    ? `${plan.key}: revision ${plan.revision} is already in service, ${elapsed}`
    : `${plan.key} is back on revision ${plan.revision}, ${elapsed}`;
  report({ type: 'phase', text: summary });
  return { exitCode: 0, text: url ?? '', json: { ...json, url: url ?? null } };
}
