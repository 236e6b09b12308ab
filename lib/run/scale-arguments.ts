/** Reads the arguments of `scale`: a service, and its number of tasks. */
import { NOTHING_CHANGED, problem, type Problem } from '../model/problem.ts';

/** The most tasks that a service can have. @see https://docs.aws.amazon.com/general/latest/gr/ecs-service.html */
const MAX_COUNT = 5000;

/** The arguments of `scale`. */
interface ScaleArguments {
  readonly service: string;
  readonly count: number;
}

/**
 * @param args the arguments that are not options
 * @throws ARGUMENTS for a missing argument, for a count that is not a whole number from 0 to 5000, and for more arguments
 */
export function readScaleArguments([service, count, excess]: readonly string[]): ScaleArguments {
  if (!service) throw badScale('scale needs the name of a service and a number of tasks.');
  if (!count) throw badScale(`scale needs the number of tasks after ${service}.`);
  if (excess !== undefined)
    throw badScale(`scale takes a service and a number, but ${excess} is another argument.`);
  if (!/^\d+$/.test(count)) throw badScale(`'${count}' is not a number of tasks.`);
  if (Number(count) > MAX_COUNT) throw badScale(`${count} tasks are too many for one service.`);
  return { service, count: Number(count) };
}

const badScale = (what: string): Problem =>
  problem('ARGUMENTS', {
    what,
    why: `The number of tasks is a whole number from 0 to ${MAX_COUNT}, and follows the name of the service.`,
    now: NOTHING_CHANGED,
    fix: ['npm run scale -- SERVICE N'],
  });
