/** The bake times of a deployment. They are added to the deadline of every wait for a deployment. Pure. */
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { Deploy } from '../../lib/config/config.ts';
import { MAX_ALARM_MINUTES, totalBakeMinutes } from '../../lib/config/bake-minutes.ts';

/**
 * Returns the sum of the bake times of a deployment, in milliseconds: the longer one of what is configured and what ECS describes. A wait for a
 * deployment that an earlier run started begins without a description, and a rollback of a service that the configuration no longer
 * has knows only the description.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export const bakeMs = (deploy: Deploy, described: DeploymentConfiguration | undefined): number =>
  Math.max(totalBakeMinutes(deploy), describedMinutes(described ?? {})) * 60_000;

function describedMinutes(configuration: DeploymentConfiguration): number {
  const { alarms, bakeTimeInMinutes, canaryConfiguration, linearConfiguration } = configuration;
  // ECS describes the time that it computes from the alarms as 0.
  const bakeMinutes = bakeTimeInMinutes || (alarms?.enable ? MAX_ALARM_MINUTES : 0);
  const canaryMinutes = canaryConfiguration?.canaryBakeTimeInMinutes ?? 0;
  const { stepPercent = 100, stepBakeTimeInMinutes = 0 } = linearConfiguration ?? {};
  const stepCount = Math.ceil(100 / stepPercent) - 1;
  return bakeMinutes + canaryMinutes + stepCount * stepBakeTimeInMinutes;
}
