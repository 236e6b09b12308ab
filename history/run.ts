/** Runs `npm run history`: lists the deployments of each service, the newest first. */
import { survey } from '../lib/engine/survey.ts';
import type { LookContext } from '../lib/look/context.ts';
import type { Survey } from '../lib/look/found.ts';
import type { Noun } from '../lib/model/architecture.ts';
import { announce, inSession } from '../lib/run/in-session.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import type { HistoryResult } from '../lib/run/results.ts';
import type { Session, SessionDependencies } from '../lib/run/session.ts';
import { historyOf } from './entries.ts';
import { checkDeployed, deployedServices } from './named-service.ts';
import { readHistory } from './read.ts';
import { historyJson, historyText } from './text.ts';

/** The nouns that a history is about. */
const NOUNS: readonly Noun[] = ['services', 'taskDefinitions'];

/**
 * Does what `npm run history` does, and returns what to print. It changes nothing, and also works while another run changes the
 * stack.
 * @throws NO_HISTORY if nothing has been deployed; ARGUMENTS if there is no such service
 */
export async function history(
  invocation: CommandContext,
  dependencies: SessionDependencies,
): Promise<CommandResult<HistoryResult>> {
  const sessionOptions = {
    command: 'history',
    isReadOnly: true,
    survey: (context: LookContext) => survey(context, NOUNS),
    ...dependencies,
  };
  return inSession(invocation, sessionOptions, (session) => execute(session, invocation));
}

async function execute(session: Session, invocation: CommandContext): Promise<CommandResult<HistoryResult>> {
  const { options, report } = invocation;
  const { config, run } = session;
  const context = session.lookContext();
  const stackInfo = announce(session, invocation, 'history');
  const found = await session.found;
  const deployed = deployedServices(found);
  checkDeployed(config, stackInfo.stack, deployed, options.service);
  const keys = options.service === undefined ? deployed : [options.service];
  const histories = await Promise.all(keys.map((key) => readOne(context, found, key, run.clock.now())));
  if (histories.some(({ isRecorded }) => !isRecorded))
    report({
      type: 'warning',
      text: `ECS's records of deployments cannot be read${run.endpoint === undefined ? ': the caller lacks ecs:ListServiceDeployments' : ` at ${run.endpoint}`}. The history lists the revisions, but not how their deployments ended.`,
    });
  return {
    exitCode: 0,
    text: histories.flatMap(({ text }) => text).join('\n'),
    json: { ...stackInfo, services: histories.map(({ json }) => json) },
  };
}

/** Reads the history of one service. */
async function readOne(context: LookContext, { services }: Survey, key: string, now: number) {
  const service = services.get(key);
  const facts = await readHistory(context, key, service?.serviceName);
  const entries = historyOf(facts, now);
  return {
    isRecorded: service === undefined || facts.deployments !== undefined,
    text: historyText(key, entries, facts.olderCount),
    json: historyJson(key, entries, facts.olderCount),
  };
}
