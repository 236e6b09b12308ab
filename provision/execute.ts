/** Executes a provision after its survey: plans, asks for confirmation, applies and verifies. */
import { declined } from '../lib/run/confirm.ts';
import { withOnlyService, type Config } from '../lib/config/config.ts';
import { expectedProvision } from '../lib/engine/expected-duration.ts';
import { withServiceHealth } from '../lib/look/service-health.ts';
import { isConfirmed, type Question } from '../lib/run/confirm.ts';
import { interrupted } from '../lib/run/failures.ts';
import { announce } from '../lib/run/in-session.ts';
import { durationText } from '../lib/run/progress/duration-text.ts';
import type { CommandResult, CommandContext } from '../lib/run/main.ts';
import { commandLine } from '../lib/run/command-line.ts';
import { countsByVerb, countsText } from '../lib/run/plan-text.ts';
import { harmfulEffects, planLines } from '../lib/run/plan/plan-lines.ts';
import type { Declined, DriftResult, PlanResult, ProvisionResult } from '../lib/run/results.ts';
import type { Session } from '../lib/run/session.ts';
import { checkOwner } from '../lib/run/stack-owner.ts';
import { alarmEvents } from './alarms.ts';
import { applyAndFinish } from './apply-and-finish.ts';
import { driftResult, fingerprint } from './drift.ts';
import { domainEvents, routeEvents } from './domain.ts';
import { delegationEvents } from './done/delegation.ts';
import { warnOfEndedContainers } from './done/ended-containers.ts';
import { identityEvents } from './identities.ts';
import { logDestinationEvents } from './log-destination.ts';
import { checkImageReferences } from './image-references.ts';
import { checkHealthPaths } from './health-paths.ts';
import { selectedCommand, leftOutEvents, onlyServiceOf } from './one-service.ts';
import { sharedBalancerEvents } from './shared-balancer.ts';
import { shadowEvents } from './shadowed-routes.ts';
import { otherProgramEvents } from './other-programs.ts';
import { permissionEvents } from './permissions.ts';
import { makePlan, type Plan } from './plan.ts';
import { checkPreflight, foresightEvents } from './preflight.ts';
import { leftOutJson, planResult } from './plan-result.ts';
import { plannedCost } from './planned-cost.ts';
import { checkSavedPlan, withSavedPlan } from './saved-plan.ts';
import { checkSecretValues } from './secret-values.ts';
import { secretEvents } from './secret-variables.ts';
import { checkSurroundings, checkTogether } from './surroundings.ts';
import { rollbackEvents } from './services/ahead.ts';
import { healthWarnings } from './services/health.ts';
import { countEvents } from './services/scaling.ts';
import type { Trials } from './trials.ts';

/** The result of a provision, of a plan, or of a comparison with the configuration. */
export type ProvisionOutcome = ProvisionResult | PlanResult | DriftResult | Declined;

/**
 * Brings the stack up to date with the configuration. With --plan, only prints the plan; with --drift, only reports drift.
 * @param start the time at which the command started, milliseconds of `performance.now()`
 * @param trials the trial runs of programs, which may be under way
 * @returns what to print
 */
export async function execute(
  session: Session,
  invocation: CommandContext,
  start: number,
  trials: Trials,
): Promise<CommandResult<ProvisionOutcome>> {
  const { options, report, signal } = invocation;
  const command = selectedCommand(options);
  const onlyService = onlyServiceOf(options);
  const { config: fullConfig, run } = session;
  const config = onlyService === undefined ? fullConfig : withOnlyService(fullConfig, onlyService);
  const context = session.lookContext();
  const stackInfo = announce(session, invocation, command);
  const { stack } = stackInfo;
  warnOfLocalhost(session, invocation);
  const found = await withServiceHealth(context, await session.found);
  const unknownNote = checkOwner(session, found, command, invocation);
  await checkSurroundings({ ...context, run, selected: config }, found);
  const plan = makePlan(context, found, options.adopt, onlyService);
  const events = [
    ...countEvents(config, plan.found),
    ...rollbackEvents(plan.changes, plan.found),
    ...alarmEvents(config, plan.found),
    ...domainEvents(config, plan.found),
    ...routeEvents(fullConfig),
    ...shadowEvents(fullConfig),
    ...foresightEvents(fullConfig),
    ...sharedBalancerEvents(fullConfig, plan.found),
    ...leftOutEvents(plan.leftOut),
    ...secretEvents(config, plan, options),
    ...permissionEvents(config),
    ...identityEvents(plan.found),
    ...logDestinationEvents({ config }, plan.found),
    ...otherProgramEvents(config, plan.changes),
  ];
  for (const event of events) report(event);
  if (options.plan) for (const text of healthWarnings(plan.found)) report({ type: 'warning', text });
  const currentFingerprint = fingerprint(fullConfig);
  if (options.drift) {
    return driftResult(
      plan,
      config,
      stackInfo,
      run.state.data.configuration,
      currentFingerprint,
      commandLine('provision', options),
      invocation.output?.columns,
    );
  }
  const inputs = { config: fullConfig, selected: config, builds: context.builds, stackInfo, options };
  await checkSavedPlan(plan, inputs);
  await checkPreflight({ ...context, config, run }, plan, options);
  if (options.plan) {
    const result = planResult(
      plan,
      config,
      { ...stackInfo, service: onlyService },
      invocation.output?.columns,
    );
    return withSavedPlan(result, plan, inputs);
  }
  if (!(await confirmPlan(invocation, plan, config, { ...stackInfo, unknownNote })))
    return declined(invocation, stackInfo);
  const target = session.connectedTarget;
  if (plan.changes.length > 0)
    report({ type: 'activity', text: 'checking images, secrets and health paths' });
  const { aws } = context;
  const imageContext = { aws, config, account: stackInfo.account, target, signal, report: run.report };
  await checkTogether([
    () => checkImageReferences(imageContext, plan.changes),
    () => checkSecretValues({ ...context, config, run }, plan.changes),
    () => checkHealthPaths(config, plan.changes, context.builds, trials),
  ]);
  await run.state.recordTagKeys(Object.keys(config.tags));
  const { url, zone } = await applyAndFinish(
    session,
    { ...context, config, names: plan.names },
    plan,
    onlyService,
  );
  if (signal.aborted) throw interrupted(run);
  if (run.waitUntilReady) await warnOfEndedContainers(run, { ...context, names: plan.names });
  const { tags, project } = config;
  // After a deploy, the other services may still differ from the configuration.
  if (onlyService === undefined)
    await run.state.recordApplied({ configuration: currentFingerprint, tags: Object.keys(tags), project });
  else if (run.state.data.rollback?.service === onlyService) await run.state.recordRollback(undefined);
  const elapsed = durationText(performance.now() - start);
  const summary = plan.changes.length === 0 ? `no changes, ${plan.kept.length} exist` : countsDone(plan);
  report({
    type: 'phase',
    text: `${onlyService === undefined ? '' : `${onlyService} of `}${stack} is up: ${summary}, ${elapsed}`,
  });
  for (const event of delegationEvents(zone, plan.found.domain?.parentZone, run)) report(event);
  return {
    exitCode: 0,
    text: url ?? '',
    json: {
      ...stackInfo,
      url: url ?? null,
      nameServers: zone?.nameServers ?? null,
      delegated: zone?.isDelegated ?? null,
      counts: countsByVerb(plan.changes, plan.kept.length),
      ...(onlyService !== undefined && { service: onlyService, leftOut: leftOutJson(plan) }),
      resources: run.state.data.resources,
    },
  };
}

/**
 * Shows the plan and asks for confirmation. Without changes, there is nothing to confirm.
 * @returns whether to apply the plan
 */
async function confirmPlan(
  invocation: CommandContext,
  { changes, kept, found }: Plan,
  config: Config,
  stackInfo: Pick<Question, 'stack' | 'account' | 'region' | 'unknownNote'>,
): Promise<boolean> {
  if (changes.length === 0) return true;
  const { options, interactive, report } = invocation;
  const counts = countsText(changes, kept.length);
  report({ type: 'phase', text: `plan: ${counts}` });
  // A saved plan was shown when it was made.
  if (options.savedPlan) return true;
  const facts = { config, found };
  const isAsked = interactive && !options.yes && options.target === 'aws';
  if (isAsked) {
    report({ type: 'activity', text: '' });
    for (const text of planLines(changes, facts, { columns: invocation.columns }))
      report({ type: 'plan', text });
  }
  return isConfirmed(invocation, {
    command: selectedCommand(options),
    ...stackInfo,
    counts,
    harm: isAsked ? harmfulEffects(changes, facts) : [],
    cost: isAsked ? plannedCost(config, found).total : undefined,
    duration: expectedProvision(changes, config.services),
  });
}

function countsDone({ changes }: Plan): string {
  const { create = 0, update = 0, replace = 0, remove = 0 } = countsByVerb(changes, 0);
  const parts = [
    [create, 'created'],
    [update, 'updated'],
    [replace, 'replaced'],
    [remove, 'removed'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

function warnOfLocalhost({ config }: Session, { options, report }: CommandContext): void {
  const { domain } = config;
  if (options.target !== 'aws' || !domain?.name.endsWith('.localhost')) return;
  report({
    type: 'warning',
    text: `${domain.name} resolves to the client's own machine: on AWS the record is created as configured, but only the load balancer's own name is reachable.`,
  });
}
