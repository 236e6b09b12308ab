/** Finds the services of a stack that a command may name. */
import type { Config } from '../lib/config/config.ts';
import { isFormerServiceKey } from '../lib/look/services.ts';
import type { Survey } from '../lib/look/found.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import { unknownService } from '../lib/run/bad-arguments.ts';

/** Returns the names of the services that are deployed, or have been deployed before, sorted. */
export const deployedServices = ({ services, taskDefinitions }: Survey): string[] =>
  [...new Set([...services.keys(), ...taskDefinitions.keys()])]
    .filter((key) => !isFormerServiceKey(key))
    .sort();

/**
 * Checks that a stack has a history.
 * @param service the service that the command names, if any
 * @throws NO_HISTORY if nothing has been deployed; ARGUMENTS if there is no such service
 */
export function checkDeployed(
  { services }: Pick<Config, 'services'>,
  stack: string,
  deployed: readonly string[],
  service: string | undefined,
): void {
  const configured = services.map(({ name }) => name);
  const known = [...new Set([...deployed, ...configured])].sort();
  if (service !== undefined && !known.includes(service)) throw unknownService(service, known);
  if (deployed.length === 0) throw noHistory(stack);
  if (service !== undefined && !deployed.includes(service)) throw noHistory(`${service} in ${stack}`);
}

const noHistory = (what: string): Problem =>
  problem('NO_HISTORY', {
    what: `There is no history of ${what}.`,
    why: 'Nothing has been deployed, or everything that was deployed has been removed.',
    now: NOTHING_CHANGED,
    fix: ['npm run provision'],
  });
