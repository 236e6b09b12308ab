/** Runs `npm run history`: lists the deployments of each service, the newest first. */
import { survey } from '../lib/engine/survey.ts';
import type { LookContext } from '../lib/look/context.ts';
import type { Survey } from '../lib/look/found.ts';
import type { Noun } from '../lib/model/architecture.ts';
import { interrupted } from '../lib/run/failures.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { openSession, type SessionDependencies } from '../lib/run/session.ts';
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
): Promise<CommandResult> {
  const { options, report, signal } = invocation;
  const session = await openSession(options, {
    command: 'history',
    isReadOnly: true,
    report,
    signal,
    survey: (context) => survey(context, NOUNS),
    ...dependencies,
  });
  const { config, account, run } = session;
  try {
    const context = session.lookContext();
    const { stack } = context.names;
    const stackInfo = { stack, target: options.target, region: config.region, account };
    report({
      type: 'phase',
      text: `history ${stack} · ${options.target} · ${config.region} · account ${account}`,
    });
    const found = await session.found;
    const deployed = deployedServices(found);
    checkDeployed(config, stack, deployed, options.service);
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
  } catch (error) {
    throw signal.aborted ? interrupted(run) : session.explain(error);
  } finally {
    await session.close();
  }
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
