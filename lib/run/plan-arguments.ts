/** Reads the arguments that name the file of a saved plan: `--plan=FILE` saves it, and `provision FILE` carries it out. */
import type { Problem } from '../model/problem.ts';
import { argumentsProblem } from './bad-arguments.ts';
import { isChanging, type Command } from './commands.ts';

/** The commands whose plans can be saved. */
const SAVING_COMMANDS: readonly Command[] = ['provision', 'deploy'];

/**
 * Takes the file out of `--plan=FILE`. A separate word after `--plan` is not a file: it may be the service of a deployment.
 * @returns the arguments with `--plan` only, and the file
 * @throws ARGUMENTS if there is no file after the `=`, or if the command cannot save its plan
 */
export function readPlanOutput(
  command: Command,
  args: readonly string[],
): { readonly ownArgs: readonly string[]; readonly planOutput: string | undefined } {
  const argument = args.find((one) => one.startsWith('--plan='));
  if (argument === undefined || !isChanging(command)) return { ownArgs: args, planOutput: undefined };
  if (!SAVING_COMMANDS.includes(command)) throw unsavedPlan(command);
  const planOutput = argument.slice('--plan='.length);
  if (planOutput === '') throw missingPlanFile(command);
  return { ownArgs: args.map((one) => (one.startsWith('--plan=') ? '--plan' : one)), planOutput };
}

/** Whether an argument of `provision` names a file with a plan, rather than a target, a stage or a configuration without its option. */
export const isPlanFile = (command: Command, argument: string | undefined): boolean =>
  command === 'provision' &&
  argument !== undefined &&
  /[./\\]/.test(argument) &&
  !/\.[cm]?[jt]s$/.test(argument);

/** The problem with `--plan=`. */
const missingPlanFile = (command: string): Problem =>
  argumentsProblem(
    command,
    '--plan= has no file.',
    'The plan is saved in the file after the =; --plan alone only shows it.',
  );

/** The problem with `--plan=FILE` of a command whose plan cannot be saved. */
const unsavedPlan = (command: string): Problem =>
  argumentsProblem(
    command,
    `${command} cannot save its plan.`,
    `Only the plans of provision and deploy are saved; ${command} -- --plan shows its plan.`,
  );
