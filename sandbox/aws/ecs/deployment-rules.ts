/** The deployment configuration of a service: its percentages and circuit breaker, and ECS's checks of both. */
import type { DeploymentAlarms, DeploymentConfiguration, ThresholdConfiguration } from '@aws-sdk/client-ecs';
import { invalid, refuseUnsupported } from './errors.ts';
import { mergeStrategy, STRATEGY_MEMBERS } from './strategies/configuration.ts';

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
 * @throws InvalidParameterException; NotImplemented for hooks that call a Lambda function
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export function mergeDeploymentConfiguration(
  given: DeploymentConfiguration = {},
  existing: DeploymentConfiguration = DEFAULTS,
): DeploymentConfiguration {
  const { alarms, deploymentCircuitBreaker: breaker } = given;
  refuseUnsupported(
    given,
    [...Object.keys(DEFAULTS), ...STRATEGY_MEMBERS, 'alarms'],
    'deploymentConfiguration',
  );
  checkAlarms(alarms);
  const merged: DeploymentConfiguration = {
    ...withoutStrategy(existing),
    ...withoutUndefined(given),
    ...mergeStrategy(given, existing),
  };
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

function checkThreshold(threshold: ThresholdConfiguration | undefined): void {
  if (threshold?.value !== undefined && threshold.value < 1) {
    throw invalid('The value of a circuit breaker threshold must be at least 1.');
  }
}

const withoutStrategy = (configuration: DeploymentConfiguration): DeploymentConfiguration =>
  Object.fromEntries(
    Object.entries(configuration).filter(([member]) => !STRATEGY_MEMBERS.some((other) => other === member)),
  );

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
