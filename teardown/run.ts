/** Runs a teardown: surveys, confirms, removes in reverse order, and searches for leftovers. */
import { foreignOwner } from '../lib/derive/ownership.ts';
import { ownSecretsIn } from '../lib/derive/secrets.ts';
import { startAll, waitForSiblings } from '../lib/engine/concurrent.ts';
import { expectedTeardown, stageOfRemovals } from '../lib/engine/expected-duration.ts';
import { walk } from '../lib/engine/graph.ts';
import { survey } from '../lib/engine/survey.ts';
import type { LookContext } from '../lib/look/context.ts';
import { itemsOf, type Survey } from '../lib/look/found.ts';
import { nouns, nounsToTearDown, type Noun } from '../lib/model/architecture.ts';
import type { Change } from '../lib/model/change.ts';
import { declined, isConfirmed } from '../lib/run/confirm.ts';
import { throwFailures } from '../lib/run/failures.ts';
import { announce, inSession } from '../lib/run/in-session.ts';
import type { CommandContext, CommandResult } from '../lib/run/main.ts';
import { commandLine } from '../lib/run/command-line.ts';
import { planJson } from '../lib/run/plan-text.ts';
import { paintedLine } from '../lib/run/plan/paint.ts';
import { harmfulEffects, planLines } from '../lib/run/plan/plan-lines.ts';
import type { PlanFacts } from '../lib/run/plan/resource-names.ts';
import { durationText } from '../lib/run/progress/duration-text.ts';
import type { Declined, StackInfo, TeardownPlan, TeardownResult } from '../lib/run/results.ts';
import type { Session, SessionDependencies } from '../lib/run/session.ts';
import { checkOwner } from '../lib/run/stack-owner.ts';
import { verifyNothingLeft, type Certificate } from './leftovers.ts';
import { findObstacles, throwObstacles, type Obstacle } from './obstacles.ts';
import { removalOrder, removals } from './plan.ts';
import { stopOneOffTasks } from './one-off-tasks.ts';
import { removeResource } from './remove.ts';

/** The result of a teardown or of its plan. */
export type TeardownOutcome = TeardownResult | TeardownPlan | Declined;

/** Does what `npm run teardown` does, and returns what to print. */
export async function teardown(
  invocation: CommandContext,
  dependencies: SessionDependencies,
): Promise<CommandResult<TeardownOutcome>> {
  const start = performance.now();
  const sessionOptions = {
    command: 'teardown',
    ...dependencies,
    survey: (context: LookContext) => survey(context, nounsToTearDown),
  };
  return inSession(invocation, sessionOptions, (session) => execute(session, invocation, start));
}

async function execute(
  session: Session,
  invocation: CommandContext,
  start: number,
): Promise<CommandResult<TeardownOutcome>> {
  const { options, report } = invocation;
  const { run } = session;
  const stackInfo = announce(session, invocation, 'teardown');
  const { stack } = stackInfo;
  const found = await session.found;
  const unknownNote = checkOwner(session, found, 'teardown', invocation);
  const changes = removalsOf(found, stack);
  const obstacles = await findObstacles(session, found, changes, { wait: !options.plan });
  const facts = { config: session.config, found };
  if (options.plan) {
    for (const { text, command } of obstacles) {
      report({ type: 'warning', text: `A teardown would be refused: ${text} To lift it: ${command}` });
    }
    return planResult(changes, facts, stackInfo, obstacles, invocation.output?.columns);
  }
  throwObstacles(obstacles, stack);
  if (changes.length > 0) {
    const counts = `${changes.length} to remove`;
    report({ type: 'phase', text: `plan: ${counts}` });
    const expected = expectedTeardown(changes, removalOrder());
    if (invocation.interactive && !options.yes && options.target === 'aws') {
      report({ type: 'activity', text: '' });
      for (const text of planLines(changes, facts, { columns: invocation.columns }))
        report({ type: 'plan', text });
    }
    const question = {
      command: 'teardown',
      ...stackInfo,
      counts,
      harm: harmfulEffects(changes, facts),
      duration: expected,
      unknownNote,
    } as const;
    if (!(await isConfirmed(invocation, question))) return declined(invocation, stackInfo, 'removed');
    await stopOneOffTasks(session);
    await takeDown(session, found, changes);
  }
  const certificate = await verifyNothingLeft(session, found);
  await run.state.destroy();
  if (await session.closeSandbox()) {
    report({ type: 'note', text: 'the sandbox is empty and was stopped' });
  }
  if (changes.length > 0) report({ type: 'note', text: certificateText(certificate) });
  const secrets = ownSecretsIn(session.config, session.lookContext().names.secretPath);
  if (secrets.length > 0)
    report({
      type: 'note',
      text: `its secrets stay (${secrets.join(', ')}): ${commandLine('secret', { ...options, action: 'list' })}`,
    });
  const elapsed = durationText(performance.now() - start);
  const summary =
    changes.length === 0 ? `${stack}: there is nothing to do` : `${stack} is gone, 0 left, ${elapsed}`;
  return {
    exitCode: 0,
    text: summary,
    json: { ...stackInfo, removed: changes.length, left: 0, certificate },
  };
}

/** Plans the removal of every found resource of the stack. The account's own zone and service-linked role stay. */
export const removalsOf = (found: Survey, stack: string): Change[] =>
  nouns.flatMap((noun) =>
    [...itemsOf(found, noun)]
      .filter(([, { tags }]) => foreignOwner(tags, stack) === undefined)
      .map(([key]): Change => ({
        noun,
        key,
        verb: 'remove',
        fields: [],
        reason:
          noun === 'logBucket'
            ? 'it belongs to this stack; the access logs in it are deleted with it'
            : 'it belongs to this stack',
      })),
  );

/** Removes each resource once all resources that need it are gone. */
export async function takeDown(session: Session, found: Survey, changes: readonly Change[]): Promise<void> {
  const { run } = session;
  const stages = [stageOfRemovals(changes, removalOrder())];
  run.report({ type: 'steps', text: `${changes.length} steps`, stages });
  const keysOf = (noun: Noun) => changes.filter((change) => change.noun === noun).map(({ key }) => key);
  const willRemoveAll = (noun: Noun) =>
    found[noun].size > 0 && [...found[noun].keys()].every((key) => keysOf(noun).includes(key));
  const outcomes = await walk<Noun>(
    removalOrder(),
    async (noun) => {
      const entries = keysOf(noun).map((key) => [key, key] as const);
      const removing = startAll<string, void>(entries, (key, others) =>
        removeResource(run, session.lookContext(), found, removals, noun, key, {
          alsoRemoved: { willRemoveAll, removalOf: (otherKey) => others.get(otherKey) },
        }),
      );
      await waitForSiblings(removing.values());
    },
    run.signal,
  );
  throwFailures(run, outcomes);
}

const certificateText = ({ nouns, vpc }: Certificate): string =>
  [
    `looked again for ${nouns.length} kinds of resources by tag and name`,
    ...(vpc ? [`for ${vpc.kinds.length} kinds in ${vpc.vpcId}, ours and foreign`] : []),
  ].join(', and ') + ': 0 left';

function planResult(
  changes: readonly Change[],
  facts: PlanFacts,
  stackInfo: StackInfo,
  obstacles: readonly Obstacle[],
  columns: number | undefined,
): CommandResult<TeardownPlan> {
  const summary = changes.length === 0 ? 'There is nothing to do.' : `Plan: ${changes.length} to remove.`;
  return {
    exitCode: changes.length === 0 ? 0 : 2,
    text: [...planLines(changes, facts, { columns }), ...(changes.length === 0 ? [] : ['']), summary].join(
      '\n',
    ),
    paint: paintedLine,
    json: { ...stackInfo, plan: planJson(changes, []), obstacles },
  };
}
