/** Runs `npm run scale`: changes the number of tasks of a service at once, and waits until that many are proven to run. */
import { countText } from '../lib/model/count-text.ts';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { expectedProvision } from '../lib/engine/expected-duration.ts';
import { survey } from '../lib/engine/survey.ts';
import { pending, ready } from '../lib/engine/until.ts';
import type { LookContext } from '../lib/look/context.ts';
import { describeService } from '../lib/look/services.ts';
import type { Change } from '../lib/model/change.ts';
import { Problem } from '../lib/model/problem.ts';
import { declined, isConfirmed } from '../lib/run/confirm.ts';
import { interrupted } from '../lib/run/failures.ts';
import { announce, inSession } from '../lib/run/in-session.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { durationText } from '../lib/run/progress/duration-text.ts';
import type { Declined } from '../lib/run/results.ts';
import type { Session, SessionDependencies } from '../lib/run/session.ts';
import { checkOwner } from '../lib/run/stack-owner.ts';
import type { ScaleResult } from '../lib/run/steering-results.ts';
import { waitForService } from '../provision/done/wait-for-service.ts';
import { runningContext, runningIds, runningServices } from '../restart/running-services.ts';
import { DEPLOYED_NOUNS, updateOfService, type ChangedService } from '../rollback/finish-services.ts';
import { checkScaling, meaningOfZero, provisionNote, scaleText } from './plan.ts';

/**
 * Does what `npm run scale` does, and returns what to print.
 * @throws ARGUMENTS, NOT_DEPLOYED, SCALE_REFUSED; DEPLOYMENT and the other problems of `waitForService`
 */
export async function scale(
  invocation: CommandContext,
  dependencies: SessionDependencies,
): Promise<CommandResult<ScaleResult | Declined>> {
  const start = performance.now();
  const sessionOptions = {
    command: 'scale',
    survey: (context: LookContext) => survey(context, DEPLOYED_NOUNS),
    ...dependencies,
  };
  return inSession(invocation, sessionOptions, (session) => execute(session, invocation, start));
}

async function execute(
  session: Session,
  invocation: CommandContext,
  start: number,
): Promise<CommandResult<ScaleResult | Declined>> {
  const { options, report, signal } = invocation;
  const { service: named = '', count = 0 } = options;
  const { config, run } = session;
  const stackInfo = announce(session, invocation, 'scale');
  const found = await session.found;
  const unknownNote = checkOwner(session, found, 'scale', invocation);
  const [service] = await runningServices(session, found, named);
  if (service === undefined) throw new Error(`${named} was not found`);
  const { key, existing } = service;
  const warning = await checkScaling(session, service, count);
  if (warning !== undefined) report({ type: 'warning', text: warning });
  const text = scaleText(service, count);
  const isChange = existing.desiredCount !== count;
  if (isChange) {
    const meaning = meaningOfZero(service, count);
    const isAgreed = await isConfirmed(invocation, {
      command: 'scale',
      ...stackInfo,
      counts: meaning === undefined ? text : `${text}. ${meaning}`,
      duration: expectedProvision([updateOfService(key)]),
      unknownNote,
      words: `${key} ${count}`,
      stopsServing: meaning !== undefined,
    });
    if (!isAgreed) return declined(invocation, stackInfo);
    report({ type: 'phase', text: meaning === undefined ? text : `${text}; ${meaning}` });
  }
  await scaleService(session, service, count, isChange);
  if (signal.aborted) throw interrupted(run);
  const configured = config.services.find(({ name }) => name === key)?.count;
  const note = provisionNote(key, count, configured);
  if (note !== undefined) report({ type: 'note', text: note });
  const elapsed = durationText(performance.now() - start);
  const state = run.waitUntilReady ? 'runs' : 'will run';
  report({ type: 'phase', text: `${key} ${state} ${countText(count, 'task')}, ${elapsed}` });
  return {
    exitCode: 0,
    text: '',
    json: {
      ...stackInfo,
      service: key,
      from: existing.desiredCount,
      to: count,
      configured: configured ?? null,
    },
  };
}

/** Sets the count, and waits until as many tasks are proven to run, and no others. */
async function scaleService(
  session: Session,
  service: ChangedService,
  count: number,
  isChange: boolean,
): Promise<void> {
  const { run } = session;
  const { aws, names } = session.lookContext();
  const { key, existing, deployed } = service;
  const response = isChange
    ? await aws.ecs(
        new UpdateServiceCommand({
          cluster: names.cluster,
          service: existing.serviceName,
          desiredCount: count,
        }),
      )
    : undefined;
  if (!run.waitUntilReady) return;
  const change: Change<'count'> = {
    noun: 'services',
    key,
    verb: 'update',
    fields: [{ field: 'count', from: existing.desiredCount, to: count }],
    reason: '',
  };
  const context = { ...runningContext(session, service), change, existing };
  try {
    await waitForService(context, { ...deployed.service, count }, runningIds(service), response?.service);
    await context.until(`the other tasks of ${key} to stop`, 'deployment', async () => {
      const { runningCount = 0 } = (await describeService(context, existing.serviceName)) ?? {};
      return runningCount <= count ? ready(undefined) : pending(`${runningCount} of ${count} tasks run`);
    });
  } catch (error) {
    if (!(error instanceof Problem) || run.signal.aborted || !isChange) throw error;
    throw new Problem(error.code, {
      ...error,
      what: `${error.what} This was the change from ${existing.desiredCount} to ${countText(count, 'task')}.`,
      fix: [...error.fix, `npm run scale -- ${key} ${existing.desiredCount}, to return to the former number`],
      cause: error.cause,
    });
  }
}
