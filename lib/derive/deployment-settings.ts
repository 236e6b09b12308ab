/** The deployment settings of an ECS service: what is sent to ECS, and what ECS returns, in one line for plans. Pure. */
import type { DeploymentCircuitBreaker, DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { Deploy } from '../config/config.ts';
import { MAX_ALARM_MINUTES } from '../config/bake-minutes.ts';

const STRATEGIES = {
  rolling: 'ROLLING',
  blueGreen: 'BLUE_GREEN',
  canary: 'CANARY',
  linear: 'LINEAR',
} as const;
const THRESHOLD_TYPES = {
  boundedPercent: 'BOUNDED_PERCENT',
  unboundedPercent: 'UNBOUNDED_PERCENT',
  count: 'COUNT',
} as const;

/** The settings of the circuit breaker that ECS uses for members that a call leaves out. */
const BREAKER_DEFAULTS = { type: 'BOUNDED_PERCENT', value: 50, resetOnHealthyTask: true };

/**
 * Returns the settings to send. ECS may keep the current value of a member that a call leaves out, so members that the service
 * has and the configuration does not have are sent with their defaults.
 * @param current the settings of the existing service; undefined for a new one
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export function deploymentSettings(
  deploy: Deploy,
  current?: DeploymentConfiguration,
): DeploymentConfiguration {
  const { strategy, alarms } = deploy;
  const bakeTimeInMinutes = deploy.bakeMinutes ?? bakeToSend(alarms, current);
  return {
    strategy: STRATEGIES[strategy],
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    deploymentCircuitBreaker: breakerSettings(deploy, current?.deploymentCircuitBreaker),
    ...(bakeTimeInMinutes === undefined ? {} : { bakeTimeInMinutes }),
    ...(alarms.length > 0 || current?.alarms?.enable
      ? { alarms: { alarmNames: [...alarms], enable: alarms.length > 0, rollback: alarms.length > 0 } }
      : {}),
    ...(strategy === 'canary'
      ? {
          canaryConfiguration: {
            canaryPercent: deploy.percent,
            canaryBakeTimeInMinutes: deploy.stepMinutes,
          },
        }
      : {}),
    ...(strategy === 'linear'
      ? { linearConfiguration: { stepPercent: deploy.percent, stepBakeTimeInMinutes: deploy.stepMinutes } }
      : {}),
  };
}

/**
 * Returns the bake time that is sent if none is configured. Otherwise ECS would keep the time of the previous strategy. ECS
 * cannot return to the time that it computes from the alarms; its maximum is five minutes.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 */
function bakeToSend(alarms: readonly string[], current: DeploymentConfiguration = {}): number | undefined {
  if ((current.strategy ?? 'ROLLING') === 'ROLLING') return undefined;
  return alarms.length > 0 ? MAX_ALARM_MINUTES : 0;
}

function breakerSettings(
  { circuitBreaker }: Deploy,
  current: DeploymentCircuitBreaker | undefined,
): DeploymentCircuitBreaker {
  const desired = {
    enable: true,
    rollback: true,
    resetOnHealthyTask: circuitBreaker.resetOnHealthyTask,
    thresholdConfiguration: {
      type: THRESHOLD_TYPES[circuitBreaker.thresholdType],
      value: circuitBreaker.threshold,
    },
  };
  const isDefault = [desired, current].every((breaker) => thresholdText(breaker) === '');
  return isDefault ? { enable: true, rollback: true } : desired;
}

/**
 * Formats deployment settings as one line. Members that ECS fills in with its defaults make no difference.
 * @param isBakeCompared whether the bake time of a rolling deployment is part of the line; otherwise ECS decides it
 */
export function deploymentText(configuration: DeploymentConfiguration, isBakeCompared: boolean): string {
  const { minimumHealthyPercent, maximumPercent, deploymentCircuitBreaker: breaker } = configuration;
  const { strategy = 'ROLLING', bakeTimeInMinutes, alarms } = configuration;
  return [
    strategyText(configuration),
    strategy !== 'ROLLING' || isBakeCompared ? `bake ${bakeTimeInMinutes ?? 0} min` : '',
    `${minimumHealthyPercent}–${maximumPercent} %`,
    `breaker ${breaker?.enable ? 'on' : 'off'}`,
    `rollback ${breaker?.rollback ? 'on' : 'off'}`,
    thresholdText(breaker),
    alarms?.enable
      ? `alarms ${[...(alarms.alarmNames ?? [])].sort().join(' ')}${alarms.rollback ? '' : ', without rollback'}`
      : '',
  ]
    .filter(Boolean)
    .join(', ');
}

function strategyText({
  strategy = 'ROLLING',
  canaryConfiguration: canary,
  linearConfiguration: linear,
}: DeploymentConfiguration): string {
  if (strategy === 'ROLLING') return '';
  if (strategy === 'CANARY')
    return `canary ${canary?.canaryPercent} % for ${canary?.canaryBakeTimeInMinutes} min`;
  if (strategy === 'LINEAR')
    return `linear ${linear?.stepPercent} % every ${linear?.stepBakeTimeInMinutes} min`;
  const name = Object.entries(STRATEGIES).find(([, value]) => value === strategy)?.[0];
  return name ?? strategy;
}

/** Formats the settings of a circuit breaker that are not the defaults; an empty string if there are none. */
function thresholdText(breaker: DeploymentCircuitBreaker | undefined): string {
  const { type = BREAKER_DEFAULTS.type, value = BREAKER_DEFAULTS.value } =
    breaker?.thresholdConfiguration ?? {};
  const isDefaultThreshold = type === BREAKER_DEFAULTS.type && value === BREAKER_DEFAULTS.value;
  return [
    ...(isDefaultThreshold ? [] : [`threshold ${value} ${type}`]),
    ...((breaker?.resetOnHealthyTask ?? BREAKER_DEFAULTS.resetOnHealthyTask)
      ? []
      : ['failures are added up']),
  ].join(', ');
}
