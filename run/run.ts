/** Runs `npm run run`: starts a one-off task like those of a deployed service, prints what it prints, and returns its exit code. */
import { describeRevision, registrableContent } from '../lib/aws/task-definition-revisions.ts';
import { tagsOf } from '../lib/derive/tags.ts';
import { until } from '../lib/engine/until.ts';
import type { LookContext } from '../lib/look/context.ts';
import { lookServices } from '../lib/look/services.ts';
import { NOTHING_CHANGED, problem } from '../lib/model/problem.ts';
import { endingOf } from '../lib/one-off/ending.ts';
import { runTask, type RunTaskContext, type TaskEnd } from '../lib/one-off/run-task.ts';
import type { OneOffRequest } from '../lib/one-off/start-task.ts';
import { announce, inSession } from '../lib/run/in-session.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { containerNamed, type NamedContainer } from '../lib/run/one-container.ts';
import { durationText } from '../lib/run/progress/duration-text.ts';
import { redactorFor } from '../lib/run/redact.ts';
import { awsCommand } from '../lib/run/run.ts';
import type { RunResult } from '../lib/run/run-results.ts';
import type { Session, SessionDependencies } from '../lib/run/session.ts';
import { linePrinter } from './printer.ts';

/** What the task is like, apart from its command. */
type Deployed = Pick<OneOffRequest, 'definition' | 'network'>;

/**
 * Does what `npm run run` does. It changes no resource of the stack and takes no lock, so that a long task delays no
 * deployment.
 * @throws ARGUMENTS if there is no such container; NOT_DEPLOYED if it is not deployed; TASK if the command did not start
 */
export async function runCommand(
  invocation: CommandContext,
  dependencies: SessionDependencies,
): Promise<CommandResult<RunResult>> {
  // Checked before the first call.
  const named = containerNamed(await dependencies.config, invocation.options.container ?? '');
  const sessionOptions = {
    command: 'run',
    isReadOnly: true,
    doing: 'the start of a task',
    survey: (context: LookContext) => lookDeployed(context, named),
    ...dependencies,
  };
  return inSession(invocation, sessionOptions, (session) => execute(session, invocation, named));
}

/** Reads the revision and the network of the service. @throws NOT_DEPLOYED */
async function lookDeployed(context: LookContext, { service, container }: NamedContainer): Promise<Deployed> {
  const found = (await lookServices(context)).get(service.name);
  if (found?.status !== 'ACTIVE') throw notDeployed(service.name, 'Its service does not exist.');
  const revision = await describeRevision(context.aws, found.taskDefinitionArn);
  if (!revision) throw notDeployed(service.name, 'The task definition of its service is deleted.');
  const definition = registrableContent(revision.taskDefinition);
  const names = (definition.containerDefinitions ?? []).map(({ name }) => name);
  if (!names.includes(container.name))
    throw notDeployed(container.name, `The version in service has only ${names.join(', ')}.`);
  return {
    definition,
    network: {
      subnets: [...found.subnetIds],
      securityGroups: [...found.securityGroupIds],
      assignPublicIp: found.assignPublicIp ? 'ENABLED' : 'DISABLED',
    },
  };
}

async function execute(
  session: Session<Deployed>,
  invocation: CommandContext,
  { service, container }: NamedContainer,
): Promise<CommandResult<RunResult>> {
  const { options, output, report } = invocation;
  const { run, config } = session;
  const stackInfo = announce(session, invocation, 'run');
  const { aws, names } = session.lookContext();
  const request: OneOffRequest = {
    ...(await session.found),
    ...{ service, container: container.name, command: options.words, startedBy: 'run' },
    tags: tagsOf(config, names.stack, 'taskDefinitions', service.name),
  };
  const printer = linePrinter(options.json ? undefined : output, redactorFor(config));
  let hasLines = false;
  const showActivity = (note: string) => {
    if (!hasLines) report({ type: 'activity', text: `running the command: ${note}` });
  };
  showActivity('a task is starting');
  const waitOptions = { ...run, onPending: showActivity };
  const context: RunTaskContext = {
    ...{ aws, names, clock: run.clock, signal: run.signal },
    awsCommand: (command) => awsCommand(run, command),
    wait: (what, probe) =>
      until(what, { ...run.waits.oneOff, deadline: Number.POSITIVE_INFINITY }, probe, waitOptions),
  };
  const end = await runTask(context, request, {
    onStarted: ({ id }) => run.report({ type: 'note', text: `task ${id} of ${service.name} is starting` }),
    onWarning: (text) => run.report({ type: 'warning', text }),
    onLines: async (lines) => {
      if (lines.length > 0 && !hasLines) report({ type: 'activity', text: '' });
      hasLines ||= lines.length > 0;
      await printer.take(lines);
    },
  });
  report({ type: 'activity', text: '' });
  const { exitCode } = end;
  if (exitCode === undefined) throw await notStarted(context, request, end);
  const reason = end.wasStopped ? `; ECS: ${end.task.stoppedReason ?? end.task.stopCode}` : '';
  const text = `the command ended with exit code ${exitCode} after ${durationText(end.ms)}${reason}`;
  run.report({ type: end.wasStopped ? 'warning' : 'note', text });
  const json: RunResult = {
    ...stackInfo,
    ...{ service: service.name, container: container.name, task: end.started.id },
    ...{ exitCode, stopped: end.wasStopped, durationMs: Math.round(end.ms) },
    ...printer.result(),
  };
  return { exitCode, text: '', json, isPrinted: !options.json && output !== undefined };
}

const notDeployed = (name: string, why: string) =>
  problem('NOT_DEPLOYED', {
    what: `${name} is not deployed, so no task can run like it.`,
    why,
    now: NOTHING_CHANGED,
    fix: ['npm run provision'],
  });

async function notStarted(context: RunTaskContext, request: OneOffRequest, { task, started }: TaskEnd) {
  const { cause, evidence } = await endingOf(context, request, task);
  const what = `The command did not start in ${request.container}`;
  return problem('TASK', {
    what: cause ? `${what}: ${cause.what}.` : `${what}.`,
    why: evidence.join('\n') || 'ECS gives no reason.',
    now: `Task ${started.id} has stopped; the stack is as before.`,
    fix: [...(cause?.fix ?? []).map(asTypedHere), 'npm run logs, for what its containers have printed'],
  });
}

/** The command is the one that the user has typed, and not that of the configuration. */
const asTypedHere = (advice: string): string => advice.replace(/\bcommand of [\w-]+/, 'the command');
