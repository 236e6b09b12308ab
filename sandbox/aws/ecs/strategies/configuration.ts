/** The settings of the deployment strategies in a deployment configuration, and ECS's checks of them. */
import type { DeploymentConfiguration, DeploymentStrategy } from '@aws-sdk/client-ecs';
import { invalid } from '../errors.ts';
import { checkHooks } from './hook-checks.ts';
import { CANARY_DEFAULTS, LINEAR_DEFAULTS } from './traffic-steps.ts';

/** The members of a deployment configuration that belong to the strategies. */
export const STRATEGY_MEMBERS = [
  'strategy',
  'bakeTimeInMinutes',
  'lifecycleHooks',
  'linearConfiguration',
  'canaryConfiguration',
] as const satisfies readonly (keyof DeploymentConfiguration)[];

const MAX_BAKE_MINUTES = 1440;

/**
 * Returns the settings of the strategy after a call. Omitted settings keep their current values. Settings that belong to
 * another strategy are dropped when the strategy changes (U). The messages are not verified (U); the ranges are AWS's.
 * @throws InvalidParameterException; NotImplemented for hooks that call a Lambda function
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export function mergeStrategy(
  given: DeploymentConfiguration,
  existing: DeploymentConfiguration,
): Pick<DeploymentConfiguration, (typeof STRATEGY_MEMBERS)[number]> {
  const strategy = given.strategy ?? existing.strategy ?? 'ROLLING';
  const isSame = strategy === (existing.strategy ?? 'ROLLING');
  refuseForeign(given, strategy);
  const linear = given.linearConfiguration ?? (isSame ? existing.linearConfiguration : undefined);
  const canary = given.canaryConfiguration ?? (isSame ? existing.canaryConfiguration : undefined);
  const isRolling = strategy === 'ROLLING';
  const hooks = given.lifecycleHooks ?? (isRolling ? undefined : existing.lifecycleHooks);
  checkMinutes('bakeTimeInMinutes', given.bakeTimeInMinutes);
  checkHooks(given.lifecycleHooks ?? []);
  const wasRolling = (existing.strategy ?? 'ROLLING') === 'ROLLING';
  if (strategy === 'BLUE_GREEN' && wasRolling && given.bakeTimeInMinutes === undefined) {
    throw invalid('bakeTimeInMinutes is required when using the BLUE_GREEN deployment strategy.');
  }
  return {
    strategy,
    bakeTimeInMinutes: given.bakeTimeInMinutes ?? existing.bakeTimeInMinutes ?? 0,
    ...(hooks?.length ? { lifecycleHooks: hooks } : {}),
    ...(strategy === 'LINEAR' ? { linearConfiguration: fullLinear(linear) } : {}),
    ...(strategy === 'CANARY' ? { canaryConfiguration: fullCanary(canary) } : {}),
  };
}

/** Refuses settings of another strategy. */
function refuseForeign(given: DeploymentConfiguration, strategy: DeploymentStrategy): void {
  if (given.linearConfiguration && strategy !== 'LINEAR')
    throw invalid('linearConfiguration is only valid when the deployment strategy is LINEAR.');
  if (given.canaryConfiguration && strategy !== 'CANARY')
    throw invalid('canaryConfiguration is only valid when the deployment strategy is CANARY.');
  if (given.lifecycleHooks?.length && strategy === 'ROLLING')
    throw invalid('lifecycleHooks are not supported with the ROLLING deployment strategy.');
}

function fullLinear(
  given: DeploymentConfiguration['linearConfiguration'],
): DeploymentConfiguration['linearConfiguration'] {
  const stepPercent = given?.stepPercent ?? LINEAR_DEFAULTS.stepPercent;
  const stepBakeTimeInMinutes = given?.stepBakeTimeInMinutes ?? LINEAR_DEFAULTS.stepBakeTimeInMinutes;
  checkPercent('linearConfiguration.stepPercent', stepPercent, 3);
  checkMinutes('linearConfiguration.stepBakeTimeInMinutes', stepBakeTimeInMinutes);
  return { stepPercent, stepBakeTimeInMinutes };
}

function fullCanary(
  given: DeploymentConfiguration['canaryConfiguration'],
): DeploymentConfiguration['canaryConfiguration'] {
  const canaryPercent = given?.canaryPercent ?? CANARY_DEFAULTS.canaryPercent;
  const canaryBakeTimeInMinutes = given?.canaryBakeTimeInMinutes ?? CANARY_DEFAULTS.canaryBakeTimeInMinutes;
  checkPercent('canaryConfiguration.canaryPercent', canaryPercent, 0.1);
  checkMinutes('canaryConfiguration.canaryBakeTimeInMinutes', canaryBakeTimeInMinutes);
  return { canaryPercent, canaryBakeTimeInMinutes };
}

function checkPercent(member: string, percent: number, min: number): void {
  const tenths = percent * 10;
  const isMultiple = Math.abs(tenths - Math.round(tenths)) < 1e-9;
  if (percent >= min && percent <= 100 && isMultiple) return;
  throw invalid(`${member} must be a multiple of 0.1 between ${min.toFixed(1)} and 100.0.`);
}

function checkMinutes(member: string, minutes: number | undefined): void {
  if (minutes === undefined) return;
  if (Number.isInteger(minutes) && minutes >= 0 && minutes <= MAX_BAKE_MINUTES) return;
  throw invalid(`${member} must be an integer between 0 and ${MAX_BAKE_MINUTES}.`);
}
