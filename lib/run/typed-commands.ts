/** Spells the commands in events and problems as the user types them. Messages are written as in the repository: `npm run provision`. */
import { asTyped } from '../../build/typed-command.js';
import { Problem } from '../model/problem.ts';
import type { Report } from '../model/report.ts';

/** Returns a report that spells the commands in every event as the user types them. */
export const withTypedCommands =
  (report: Report): Report =>
  (event) =>
    report({ ...event, text: asTyped(event.text) });

/**
 * Returns a problem that spells its commands as the user types them.
 * @param forStack adds the flags of the stack to the commands in a piece of advice
 */
export const typedProblem = (original: Problem, forStack: (advice: string) => string): Problem =>
  // The reason stays as it is: it may quote the output of a program of the user.
  new Problem(original.code, {
    what: asTyped(original.what),
    why: original.why,
    now: asTyped(original.now),
    fix: original.fix.map((advice) => asTyped(forStack(advice))),
    cause: original.cause,
  });
