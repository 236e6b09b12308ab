/** Runs `npm run restart`: a new deployment of the revision that is in service, which replaces every task. */
import { countText } from '../lib/model/count-text.ts';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { revisionNumber } from '../lib/aws/task-definition-revisions.ts';
import { expectedProvision } from '../lib/engine/expected-duration.ts';
import { waitForSiblings } from '../lib/engine/concurrent.ts';
import { survey } from '../lib/engine/survey.ts';
import type { LookContext } from '../lib/look/context.ts';
import { Problem } from '../lib/model/problem.ts';
import { declined, isConfirmed } from '../lib/run/confirm.ts';
import { interrupted } from '../lib/run/failures.ts';
import { announce, inSession } from '../lib/run/in-session.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { durationText } from '../lib/run/progress/duration-text.ts';
import type { Declined } from '../lib/run/results.ts';
import type { Session, SessionDependencies } from '../lib/run/session.ts';
import { checkOwner } from '../lib/run/stack-owner.ts';
import type { RestartResult } from '../lib/run/steering-results.ts';
import { waitForService } from '../provision/done/wait-for-service.ts';
import {
  DEPLOYED_NOUNS,
  finishServices,
  updateOfService,
  type ChangedService,
} from '../rollback/finish-services.ts';
import { isPaused, runningContext, runningIds, runningServices } from './running-services.ts';

/**
 * Does what `npm run restart` does, and returns what to print.
 * @throws ARGUMENTS, NOT_DEPLOYED; DEPLOYMENT and the other problems of `waitForService`; UNANSWERED
 */
export async function restart(
  invocation: CommandContext,
  dependencies: SessionDependencies,
): Promise<CommandResult<RestartResult | Declined>> {
  const start = performance.now();
  const sessionOptions = {
    command: 'restart',
    survey: (context: LookContext) => survey(context, DEPLOYED_NOUNS),
    ...dependencies,
  };
  return inSession(invocation, sessionOptions, (session) => execute(session, invocation, start));
}

async function execute(
  session: Session,
  invocation: CommandContext,
  start: number,
): Promise<CommandResult<RestartResult | Declined>> {
  const { options, report, signal } = invocation;
  const { run } = session;
  const stackInfo = announce(session, invocation, 'restart');
  const found = await session.found;
  const unknownNote = checkOwner(session, found, 'restart', invocation);
  const services = await runningServices(session, found, options.service);
  const active = services.filter(({ existing }) => !isPaused(existing));
  for (const { key } of services.filter(({ existing }) => isPaused(existing)))
    report({ type: 'note', text: `${key} has no tasks to restart: its count is 0` });
  const text = active.map(restartText).join(', ');
  if (active.length > 0) {
    const isAgreed = await isConfirmed(invocation, {
      command: 'restart',
      ...stackInfo,
      counts: `restart ${text}`,
      duration: expectedProvision(active.map(({ key }) => updateOfService(key))),
      unknownNote,
    });
    if (!isAgreed) return declined(invocation, stackInfo);
    report({ type: 'phase', text: `restarting ${text}` });
    await waitForSiblings(active.map((service) => restartService(session, service)));
  }
  const url = active.length === 0 ? undefined : await finishServices(session, found, active);
  if (signal.aborted) throw interrupted(run);
  const done = run.waitUntilReady ? 'restarted' : 'the restart has started for';
  const elapsed = durationText(performance.now() - start);
  report({
    type: 'phase',
    text: active.length === 0 ? 'nothing was restarted' : `${done} ${text}, ${elapsed}`,
  });
  return {
    exitCode: 0,
    text: url ?? '',
    json: {
      ...stackInfo,
      services: services.map(({ key, existing }) => ({
        service: key,
        revision: revisionNumber(existing.taskDefinitionArn),
        tasks: existing.desiredCount,
      })),
      url: url ?? null,
    },
  };
}

/**
 * Starts a deployment of the same revision, and waits until the new tasks are proven to run. If they fail, the old tasks keep
 * serving, and the deployment is stopped.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
async function restartService(session: Session, service: ChangedService): Promise<void> {
  const { run } = session;
  const { aws, names } = session.lookContext();
  const { existing, deployed } = service;
  const response = await aws.ecs(
    new UpdateServiceCommand({
      cluster: names.cluster,
      service: existing.serviceName,
      taskDefinition: existing.taskDefinitionArn,
      forceNewDeployment: true,
    }),
  );
  if (!run.waitUntilReady) return;
  const context = { ...runningContext(session, service), existing };
  try {
    await waitForService(context, deployed.service, runningIds(service), response.service);
  } catch (error) {
    if (!(error instanceof Problem) || run.signal.aborted) throw error;
    throw new Problem(error.code, {
      ...error,
      what: `${error.what} This was a restart.`,
      cause: error.cause,
    });
  }
}

/** Describes what is restarted, e.g. `web (2 tasks of revision 4)`. */
const restartText = ({ key, existing }: ChangedService): string =>
  `${key} (${countText(existing.desiredCount, 'task')} of revision ${revisionNumber(existing.taskDefinitionArn)})`;
