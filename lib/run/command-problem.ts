/** Turns the failure of a command into the problem to report, with the flags of its stack in every suggested command. */
import { explain } from '../aws/explain.ts';
import type { Problem } from '../model/problem.ts';
import { interrupted } from './failures.ts';
import { isReadOnly, type Command } from './commands.ts';
import { commandLine, withStackFlags } from './command-line.ts';
import type { Options } from './options.ts';
import { typedProblem } from './typed-commands.ts';

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
  return typedProblem(problem, (advice) => (options ? withStackFlags(advice, options) : advice));
}
