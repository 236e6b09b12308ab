/** The arithmetic of a traffic shift: which share of the production traffic moves when, and the weights of a rule for it. */
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';

/** One step of the shift of production traffic to the new revision. */
export interface TrafficStep {
  /** The share of the production traffic that the new revision gets, in percent. */
  readonly percent: number;
  /** How long the traffic stays like this before the next step, in minutes. It is 0 for the last step. */
  readonly bakeMinutes: number;
}

/** AWS's defaults for a linear and a canary deployment. */
export const LINEAR_DEFAULTS = { stepPercent: 10, stepBakeTimeInMinutes: 6 };
export const CANARY_DEFAULTS = { canaryPercent: 5, canaryBakeTimeInMinutes: 10 };

const LAST_STEP: TrafficStep = { percent: 100, bakeMinutes: 0 };

/**
 * Returns the steps of a deployment. Its last step is always 100 %, after which only the bake time of the deployment follows.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html
 */
export function trafficSteps({
  strategy,
  linearConfiguration,
  canaryConfiguration,
}: Pick<
  DeploymentConfiguration,
  'strategy' | 'linearConfiguration' | 'canaryConfiguration'
>): readonly TrafficStep[] {
  if (strategy === 'CANARY') {
    const { canaryPercent, canaryBakeTimeInMinutes } = canaryConfiguration ?? {};
    const percent = canaryPercent ?? CANARY_DEFAULTS.canaryPercent;
    return stepsBefore100([percent], canaryBakeTimeInMinutes ?? CANARY_DEFAULTS.canaryBakeTimeInMinutes);
  }
  if (strategy === 'LINEAR') {
    const { stepPercent, stepBakeTimeInMinutes } = linearConfiguration ?? {};
    // Tenths of a percent are counted as whole numbers, because sums of fractions are not exact.
    const tenths = Math.round((stepPercent ?? LINEAR_DEFAULTS.stepPercent) * 10);
    const count = Math.ceil(1000 / tenths) - 1;
    const percents = Array.from({ length: count }, (_, index) => (tenths * (index + 1)) / 10);
    return stepsBefore100(percents, stepBakeTimeInMinutes ?? LINEAR_DEFAULTS.stepBakeTimeInMinutes);
  }
  return [LAST_STEP];
}

const stepsBefore100 = (percents: readonly number[], bakeMinutes: number): readonly TrafficStep[] => [
  ...percents.filter((percent) => percent < 100).map((percent) => ({ percent, bakeMinutes })),
  LAST_STEP,
];

/**
 * Returns the weights of the two target groups of a rule. They are percentages; a fraction of a percent needs weights that
 * add up to 1000, because weights are whole numbers.
 * @param percent the share of the new revision's group, a multiple of 0.1
 */
export function weightsFor(percent: number): { readonly green: number; readonly blue: number } {
  const total = Number.isInteger(percent) ? 100 : 1000;
  const green = Math.round((percent * total) / 100);
  return { green, blue: total - green };
}
