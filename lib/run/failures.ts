/** Turns the failed steps of a run into one problem; steps that did not run because another step failed are not named. */
import { explain, type Situation } from '../aws/explain.ts';
import { errorsIn } from '../engine/concurrent.ts';
import type { Outcome } from '../engine/graph.ts';
import { NOTHING_CHANGED, nowAfter, problem, type Problem, type ProblemCode } from '../model/problem.ts';
import type { Noun } from '../model/architecture.ts';
import { isReadOnly } from './commands.ts';
import type { Run } from './run.ts';

/**
 * Throws if the run was interrupted, or if any step failed.
 * @throws INTERRUPTED; a single problem as it is; several problems as STEPS_FAILED
 */
export function throwFailures(run: Run, outcomes: ReadonlyMap<Noun, Outcome>): void {
  if (run.signal.aborted) throw interrupted(run);
  const failedSteps = [...outcomes].flatMap(([name, outcome]) =>
    outcome.state === 'failed' ? [{ name, problems: problemsIn(outcome.error, situationOf(run, name)) }] : [],
  );
  const [first] = failedSteps;
  if (!first) return;
  const problems = failedSteps.flatMap((step) => step.problems);
  const what =
    failedSteps.length > 1
      ? `${failedSteps.length} steps failed.`
      : `The ${first.name} step failed in ${distinct(problems).length} ways.`;
  throw combined(problems, what);
}

/**
 * Explains an error as one problem, like `explain`. If the error consists of several errors, every cause is reported in its own
 * words.
 */
export function explainWithAllCauses(error: unknown, situation: Situation): Problem {
  const problems = problemsIn(error, situation);
  return combined(problems, `${distinct(problems).length} parts of the run failed.`);
}

const problemsIn = (error: unknown, situation: Situation): Problem[] =>
  errorsIn(error).map((one) => explain(one, situation));

/** Removes duplicates: a single cause, such as expired credentials, can make many steps fail. */
const distinct = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((cause) => [cause.message, cause])).values(),
];

/**
 * Combines problems into one.
 * @param what the `what` of the combined problem; not used if all problems are equal
 * @param code the code of the combined problem
 */
export function combined(
  problems: readonly Problem[],
  what: string,
  code: ProblemCode = 'STEPS_FAILED',
): Problem {
  const causes = distinct(problems);
  const [first] = causes;
  if (!first) throw new Error('There is no problem to report');
  if (causes.length === 1) return first;
  return problem(code, {
    what,
    why: causes.map((cause) => `${cause.what} ${cause.why}`).join('\n'),
    now: [...new Set(causes.map(({ now }) => now))].join('\n'),
    fix: [...new Set(causes.flatMap(({ fix }) => fix))],
    cause: first,
  });
}

const situationOf = (run: Run, name: Noun) => ({
  doing: `the ${name} step`,
  region: run.region,
  endpoint: run.endpoint,
  command: run.command,
  mayHaveChanged: true,
});

/** Returns the problem that reports an interruption. */
export function interrupted({ command }: Pick<Run, 'command'>) {
  const isProvision = command.startsWith('npm run provision');
  const canChange = !isReadOnly(/^npm run (\S+)/.exec(command)?.[1] ?? '');
  const isTask = /^npm run run\b/.test(command);
  const isExec = /^npm run exec\b/.test(command);
  return problem('INTERRUPTED', {
    what: 'The run was interrupted.',
    why: 'Ctrl-C was pressed, or the process was asked to stop.',
    now: isTask
      ? 'The stack is as before. A task that had started is being stopped, as reported above.'
      : isExec
        ? 'The stack is as before. What the command in the container has done so far stays done.'
        : canChange
          ? nowAfter(command)
          : NOTHING_CHANGED,
    fix: [
      canChange && !isTask ? `${command}, to continue from here` : command,
      ...(isProvision
        ? [`${command.replace('npm run provision', 'npm run teardown')}, to remove everything`]
        : []),
    ],
  });
}
