/** The deployment configuration of a service: its percentages and circuit breaker, and ECS's checks of both. */
import type { DeploymentAlarms, DeploymentConfiguration, ThresholdConfiguration } from '@aws-sdk/client-ecs';
import { invalid, notSupported, refuseUnsupported } from './errors.ts';

const DEFAULTS: DeploymentConfiguration = {
  deploymentCircuitBreaker: { enable: false, rollback: false },
  maximumPercent: 200,
  minimumHealthyPercent: 100,
  strategy: 'ROLLING',
  bakeTimeInMinutes: 0,
};

/**
 * Returns the deployment configuration after a call. Omitted values keep their current values or, for a new service, have
 * AWS's defaults. If the call contains a circuit breaker, an omitted `enable` or `rollback` of the breaker is false.
 * @throws InvalidParameterException; NotImplemented for any strategy except ROLLING
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export function mergeDeploymentConfiguration(
  given: DeploymentConfiguration = {},
  existing: DeploymentConfiguration = DEFAULTS,
): DeploymentConfiguration {
  const { strategy = 'ROLLING', alarms, deploymentCircuitBreaker: breaker } = given;
  if (strategy !== 'ROLLING') throw notSupported(`deploymentConfiguration.strategy ${strategy}`);
  refuseUnsupported(given, [...Object.keys(DEFAULTS), 'alarms'], 'deploymentConfiguration');
  checkAlarms(alarms);
  checkBakeTime(given.bakeTimeInMinutes);
  const merged = { ...existing, ...withoutUndefined(given) };
  if (breaker) {
    refuseUnsupported(
      breaker,
      ['enable', 'rollback', 'resetOnHealthyTask', 'thresholdConfiguration'],
      'deploymentCircuitBreaker',
    );
    checkThreshold(breaker.thresholdConfiguration);
    merged.deploymentCircuitBreaker = {
      ...existing.deploymentCircuitBreaker,
      ...withoutUndefined(breaker),
      enable: breaker.enable ?? false,
      rollback: breaker.rollback ?? false,
    };
  }
  const { maximumPercent: max = 200, minimumHealthyPercent: min = 100 } = merged;
  if (min < 0 || max < 0) throw invalid('Percentages of a deployment configuration must not be negative.');
  if (max < min) {
    throw invalid(
      'The maximumPercent of a deployment configuration must not be less than its minimumHealthyPercent.',
    );
  }
  if (max === 0) throw invalid('The maximumPercent of a deployment configuration must be greater than 0.');
  return merged;
}

/** ECS's message for alarms without a name is not verified. */
function checkAlarms(alarms: DeploymentAlarms | undefined): void {
  if (alarms?.enable && !alarms.alarmNames?.length) {
    throw invalid('At least one alarm name must be specified when deployment alarms are enabled.');
  }
}

const MAX_BAKE_MINUTES = 1440;

function checkBakeTime(minutes = 0): void {
  if (Number.isInteger(minutes) && minutes >= 0 && minutes <= MAX_BAKE_MINUTES) return;
  throw invalid(`bakeTimeInMinutes must be an integer between 0 and ${MAX_BAKE_MINUTES}.`);
}

function checkThreshold(threshold: ThresholdConfiguration | undefined): void {
  if (threshold?.value !== undefined && threshold.value < 1) {
    throw invalid('The value of a circuit breaker threshold must be at least 1.');
  }
}

const withoutUndefined = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<T>;

/**
 * Returns the setting for the rebalancing of tasks across zones. The default is ENABLED if the service can start an extra task.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
 */
export function zoneRebalancing(
  given: 'ENABLED' | 'DISABLED' | undefined,
  { maximumPercent = 200 }: DeploymentConfiguration,
): 'ENABLED' | 'DISABLED' {
  if (given === 'ENABLED' && maximumPercent <= 100) {
    throw invalid(
      'The maximumPercent must be greater than 100 when Availability Zone rebalancing is turned on.',
    );
  }
  return given ?? (maximumPercent > 100 ? 'ENABLED' : 'DISABLED');
}
