/** Teardown: survey, confirm, take down backwards, and look for leftovers on our own. */
import { nouns } from '../lib/model/architecture.ts';
import type { Change } from '../lib/model/change.ts';
import { walk } from '../lib/engine/graph.ts';
import type { Survey } from '../lib/look/found.ts';
import { survey } from '../lib/engine/survey.ts';
import { foreignOwner } from '../lib/look/context.ts';
import type { Noun } from '../lib/model/resources.ts';
import { failures, interrupted } from '../lib/run/failures.ts';
import { duration } from '../lib/run/progress-lines.ts';
import type { CommandResult, CommandContext } from '../lib/run/main.ts';
import { planJson, planText } from '../lib/run/plan-text.ts';
import { openSession, type SessionDependencies, type Session } from '../lib/run/session.ts';
import { waitForAll, startAll } from '../lib/engine/concurrent.ts';
import type { AlsoRemoved } from '../lib/engine/step.ts';
import type { Tags } from '../lib/derive/tags.ts';
import { confirmed } from './confirm.ts';
import { verifyNothingLeft, type Certificate } from './leftovers.ts';
import { LOOKED_AT, removalOrder, removals } from './plan.ts';
import { removeResource } from './remove.ts';

/** Does what `npm run teardown` does, and returns what to print. */
export async function teardown(
  running: CommandContext,
  outside: SessionDependencies,
): Promise<CommandResult> {
  const { options, report, signal } = running;
  const start = performance.now();
  const session = await openSession(options, {
    command: 'teardown',
    report,
    signal,
    ...outside,
    survey: (context) => survey(context, LOOKED_AT),
  });
  try {
    const { config, account, run } = session;
    const { stack } = session.lookContext().names;
    report({
      type: 'phase',
      text: `teardown ${stack} · ${options.target} · ${config.region} · account ${account}`,
    });
    const found = await session.found;
    const changes = removalsOf(found, stack);
    const about = { stack, target: options.target, region: config.region, account };
    if (options.plan) return planned(changes, about);
    if (changes.length > 0) {
      report({ type: 'phase', text: `plan: ${changes.length} to remove` });
      if (!(await confirmed(running, stack))) {
        report({ type: 'phase', text: 'nothing was removed' });
        return { exitCode: 0, text: '', json: { ...about, declined: true } };
      }
      await takeDown(session, found, changes);
    }
    const certificate = await verifyNothingLeft(session, found);
    await run.state.destroy();
    if (await session.closeSandbox()) {
      report({ type: 'note', text: 'the sandbox is empty and was stopped' });
    }
    if (changes.length > 0) report({ type: 'note', text: certificateText(certificate) });
    const took = duration(performance.now() - start);
    const said =
      changes.length === 0 ? `${stack}: there is nothing to do` : `${stack} is gone, 0 left, ${took}`;
    return { exitCode: 0, text: said, json: { ...about, removed: changes.length, left: 0, certificate } };
  } catch (error) {
    throw signal.aborted ? interrupted(session.run) : session.explain(error);
  } finally {
    await session.close();
  }
}

/** Everything found that is ours. The account's own zone and service-linked role are found, too, but stay. */
export function removalsOf(found: Survey, stack: string): Change[] {
  return nouns.flatMap((step) =>
    [...(found[step] as ReadonlyMap<string, { readonly tags: Tags }>)].flatMap(([key, { tags }]): Change[] =>
      foreignOwner(tags, stack) === undefined
        ? [{ noun: step, key, verb: 'remove', fields: [], reason: 'it is ours' }]
        : [],
    ),
  );
}

/** Carries out removals, each as soon as what needs it is gone. */
export async function takeDown(session: Session, found: Survey, changes: readonly Change[]): Promise<void> {
  const keysOf = (name: Noun) => changes.filter(({ noun: step }) => step === name).map(({ key }) => key);
  const all = (name: Noun) => [...found[name].keys()].every((key) => keysOf(name).includes(key));
  const outcomes = await walk<Noun>(
    removalOrder(),
    async (name) => {
      const keys = keysOf(name).map((key) => [key, key] as const);
      const removing = startAll<string, void>(keys, (key, others) => {
        const going: AlsoRemoved = { everyOneOf: all, removalOf: (other) => others.get(other) };
        return removeResource(session.run, session.lookContext(), found, removals, name, key, { going });
      });
      await waitForAll(removing.values());
    },
    session.run.signal,
  );
  failures(session.run, outcomes);
}

/** What was looked for in vain. */
const certificateText = ({ nouns, vpc }: Certificate): string =>
  [
    `looked again for ${nouns.length} kinds of things by tag and name`,
    ...(vpc ? [`for ${vpc.kinds.length} kinds in ${vpc.vpcId}, whoever made them`] : []),
  ].join(', and ') + ': 0 left';

function planned(changes: readonly Change[], about: object): CommandResult {
  const summary = changes.length === 0 ? 'There is nothing to do.' : `Plan: ${changes.length} to remove.`;
  return {
    exitCode: changes.length === 0 ? 0 : 2,
    text: [...planText(changes), summary].join('\n'),
    json: { ...about, plan: planJson(changes, []) },
  };
}
