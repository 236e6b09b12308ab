/** The bake times of a deployment according to the configuration. Pure. */
import type { Deploy } from './config.ts';

/**
 * The maximum time for which ECS watches alarms after a rolling deployment if nothing is configured: AWS documents less than five
 * minutes.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 */
export const MAX_ALARM_MINUTES = 5;

/**
 * Returns the sum of the bake times of a deployment, in minutes: between shifts of requests, and while the old tasks keep
 * running. The starts of tasks, their health checks and their draining take additional time.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export function totalBakeMinutes(deploy: Deploy): number {
  switch (deploy.strategy) {
    case 'rolling':
      return deploy.bakeMinutes ?? (deploy.alarms.length > 0 ? MAX_ALARM_MINUTES : 0);
    case 'blueGreen':
      return deploy.bakeMinutes;
    case 'canary':
      return (deploy.percent < 100 ? deploy.stepMinutes : 0) + deploy.bakeMinutes;
    case 'linear': {
      // In tenths of a percent, since 100 / 33.4 is not exact. There is no step bake time after the last shift.
      const shifts = Math.ceil(1000 / Math.round(deploy.percent * 10));
      return (shifts - 1) * deploy.stepMinutes + deploy.bakeMinutes;
    }
  }
}
