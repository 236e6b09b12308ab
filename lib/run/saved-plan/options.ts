/** The options of a run that carries out a saved plan: those with which the plan was made. */
import { NOTHING_CHANGED, problem } from '../../model/problem.ts';
import type { Options } from '../options.ts';
import { readPlanFile } from './plan-file.ts';

/** The options that a saved plan determines. */
type PlanOptions = Pick<
  Options,
  | 'stage'
  | 'target'
  | 'config'
  | 'service'
  | 'deploy'
  | 'builder'
  | 'adopt'
  | 'adoptStack'
  | 'wait'
  | 'savedPlan'
>;

/**
 * Reads a saved plan, and returns the options with which it was made.
 * @param given the options that the user has given, by name; they must be the same
 * @throws PLAN_FILE if the file cannot be used, or if an option differs
 */
export async function optionsOfPlan(
  file: string,
  given: Readonly<Record<string, unknown>>,
): Promise<PlanOptions> {
  const plan = await readPlanFile(file);
  const { stage, config, service, builder, adopt, adoptStack, wait } = plan.options;
  const options = {
    ...{ stage, target: plan.target, config: config ?? undefined, builder: builder ?? undefined },
    ...{ service: service ?? undefined, deploy: service !== null, adopt, adoptStack, wait },
  };
  for (const [name, value] of Object.entries(given)) {
    const planned = (options as Readonly<Record<string, unknown>>)[name];
    if (name in options && JSON.stringify(planned) !== JSON.stringify(value))
      throw otherOption(file, name, value, planned);
  }
  return { ...options, savedPlan: { file, plan } };
}

const optionText = (value: unknown): string =>
  value === undefined ? 'not set' : [value].flat().map(String).join(', ');

const otherOption = (file: string, name: string, value: unknown, planned: unknown) =>
  problem('PLAN_FILE', {
    what: `The plan in ${file} was made with other options.`,
    why: `Its ${name} is ${optionText(planned)}, and this run's is ${optionText(value)}.`,
    now: NOTHING_CHANGED,
    fix: [`npm run provision -- ${file}, without other options: the plan contains its own`],
  });
