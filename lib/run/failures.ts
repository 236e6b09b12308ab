/** Turns the failed steps of a run into one problem; steps that did not run because another step failed are not named. */
import { explain } from '../aws/explain.ts';
import type { Outcome } from '../engine/graph.ts';
import { NOTHING_CHANGED, problem } from '../model/problem.ts';
import type { Noun } from '../model/architecture.ts';
import type { Run } from './run.ts';

/**
 * Throws if the run was interrupted, or if any step failed.
 * @throws INTERRUPTED; a single problem as it is; several problems as STEPS_FAILED
 */
export function throwFailures(run: Run, outcomes: ReadonlyMap<Noun, Outcome>): void {
  if (run.signal.aborted) throw interrupted(run);
  const failed = [...outcomes].flatMap(([name, outcome]) =>
    outcome.state === 'failed' ? [explain(outcome.error, situationOf(run, name))] : [],
  );
  // A single cause, such as expired credentials, can make many steps fail; it is reported only once.
  const problems = [...new Map(failed.map((cause) => [cause.message, cause])).values()];
  const [first] = problems;
  if (!first) return;
  if (problems.length === 1) throw first;
  throw problem('STEPS_FAILED', {
    what: `${failed.length} steps failed.`,
    why: problems.map(({ what, why }) => `${what} ${why}`).join('\n'),
    now: first.now,
    fix: [...new Set(problems.flatMap(({ fix }) => fix))],
    cause: first,
  });
}

const situationOf = (run: Run, name: Noun) => ({
  doing: `the ${name} step`,
  region: run.region,
  endpoint: run.endpoint,
  command: run.command,
  changing: true,
});

/** Returns the problem that reports an interruption. */
export function interrupted({ command }: Pick<Run, 'command'>) {
  const removing = command.startsWith('npm run teardown');
  const changing = !command.startsWith('npm run drift');
  return problem('INTERRUPTED', {
    what: 'The run was interrupted.',
    why: 'Ctrl-C was pressed, or the process was asked to stop.',
    now: !changing
      ? NOTHING_CHANGED
      : removing
        ? 'Everything removed so far is gone; the rest is recorded.'
        : 'Everything created so far is kept and recorded.',
    fix: [
      changing ? `${command}, to continue from here` : command,
      ...(removing || !changing
        ? []
        : [`${command.replace('npm run provision', 'npm run teardown')}, to remove everything`]),
    ],
  });
}
