/** Saves the plan of a provision in a file, and checks that a saved plan still holds before it is carried out. */
import { containersOf, type Config } from '../lib/config/config.ts';
import type { Builds } from '../lib/image/builds.ts';
import type { CommandResult } from '../lib/run/main.ts';
import { redactorFor } from '../lib/run/redact.ts';
import { shellWord } from '../lib/run/command-line.ts';
import type { Options } from '../lib/run/options.ts';
import { planJson } from '../lib/run/plan-text.ts';
import { containerName } from '../lib/run/plan/resource-names.ts';
import type { PlannedChanges, PlanResult, StackInfo } from '../lib/run/results.ts';
import { savedConfiguration } from '../lib/run/saved-plan/configuration.ts';
import { PLAN_VERSION, withDigest } from '../lib/run/saved-plan/format.ts';
import { writePlanFile } from '../lib/run/saved-plan/plan-file.ts';
import { planDifferences, stalePlan } from '../lib/run/saved-plan/stale-plan.ts';
import type { Plan } from './plan.ts';

/** The inputs of a plan. */
interface PlanInputs {
  /** The whole configuration, also for a run on one service. */
  readonly config: Config;
  /** The configuration of the services that the run is limited to. */
  readonly selected: Config;
  readonly builds: Builds;
  readonly stackInfo: StackInfo;
  readonly options: Options;
}

/**
 * Returns the images that the sources give, under the names of their containers. A container engine builds an image only right
 * before the push; its tag is a hash of the source.
 */
async function imagesOf({ selected, builds }: PlanInputs): Promise<Record<string, string>> {
  const built = containersOf(selected).filter(({ image }) => 'source' in image);
  const images = await Promise.all(
    built.map(async ({ key }) => {
      const { digest, tag } = await builds.of(key);
      return [containerName(selected, key), digest ?? tag] as const;
    }),
  );
  return Object.fromEntries(images);
}

/** Returns the changes of a plan without anything that looks like a secret. */
const redactedPlan = ({ changes, kept }: Plan, config: Config): PlannedChanges => {
  const redact = redactorFor(config);
  const plan = planJson(changes, kept);
  return {
    ...plan,
    changes: plan.changes.map((change) => ({
      ...change,
      reason: redact(change.reason),
      fields: change.fields.map(({ field, ...values }) => ({
        field,
        ...Object.fromEntries(
          Object.entries(values).map(([name, value]) => [
            name,
            typeof value === 'string' ? redact(value) : value,
          ]),
        ),
      })),
    })),
  };
};

/** Saves a plan, if the options name a file for it. @returns the result of the plan, which then names the file */
export async function withSavedPlan(
  result: CommandResult<PlanResult>,
  plan: Plan,
  inputs: PlanInputs,
): Promise<CommandResult<PlanResult>> {
  const { options, config, stackInfo } = inputs;
  const { planOutput: file, stage, service, builder, adopt, adoptStack, wait } = options;
  if (file === undefined) return result;
  const { stack, target, region, account } = stackInfo;
  const saved = withDigest({
    slipwayPlan: PLAN_VERSION,
    ...{ stack, target, region, account },
    createdAt: new Date().toISOString(),
    options: {
      ...{ stage, adopt, adoptStack, wait },
      config: options.config ?? null,
      service: (options.deploy ? service : undefined) ?? null,
      builder: builder ?? null,
    },
    configuration: await savedConfiguration(config),
    images: await imagesOf(inputs),
    plan: redactedPlan(plan, config),
  });
  await writePlanFile(file, saved);
  const text = `Saved in ${file}. To carry it out: npm run provision -- ${shellWord(file)}`;
  return { ...result, text: `${result.text}\n${text}`, json: { ...result.json, file } };
}

/**
 * Checks that the saved plan of a run is what would be planned now.
 * @throws PLAN_CHANGED with every difference
 */
export async function checkSavedPlan(plan: Plan, inputs: PlanInputs): Promise<void> {
  const { options, config, stackInfo } = inputs;
  if (options.savedPlan === undefined) return;
  const { file, plan: saved } = options.savedPlan;
  const differences = planDifferences(saved, {
    account: stackInfo.account,
    configuration: await savedConfiguration(config, saved.configuration.hidden.salt),
    images: await imagesOf(inputs),
    plan: redactedPlan(plan, config),
  });
  if (differences.length > 0) throw stalePlan(file, saved.options.service, differences);
}
