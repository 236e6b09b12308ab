/** Turns the failure of a command into the problem to report, with the flags of its stack in every suggested command. */
import { explain } from '../aws/explain.ts';
import { Problem } from '../model/problem.ts';
import { interrupted } from './failures.ts';
import { isReadOnly, type Command } from './flags.ts';
import { commandLine, withStackFlags, type Options } from './options.ts';

/**
 * Returns the problem that explains why a command failed.
 * @param options undefined if the options of the command could not be read
 * @param isAborted whether the run was interrupted
 */
export function commandProblem(
  error: unknown,
  command: Command,
  options: Options | undefined,
  isAborted: boolean,
): Problem {
  const rerunCommand = options ? commandLine(command, options) : `npm run ${command}`;
  const problem = isAborted
    ? interrupted({ command: rerunCommand })
    : explain(error, {
        doing: command,
        region: '',
        command: rerunCommand,
        mayHaveChanged: !isReadOnly(command),
      });
  return options ? forStack(problem, options) : problem;
}

/** Adds the flags of this stack to the commands that a problem suggests. */
const forStack = (original: Problem, options: Options): Problem =>
  new Problem(original.code, {
    ...original,
    fix: original.fix.map((advice) => withStackFlags(advice, options)),
    cause: original.cause,
  });
