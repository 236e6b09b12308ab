/** For unit tests: a service's deployments as ECS describes them. */
import type { Deployment, Service as EcsService } from '@aws-sdk/client-ecs';

export const NEW_DEFINITION = 'arn:aws:ecs:eu-west-1:111122223333:task-definition/shop-dev-web:2';
export const OLD_DEFINITION = NEW_DEFINITION.replace(/2$/, '1');
/** Returns the time this many seconds after the start of 2026. */
export const dateAt = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
/** Returns a primary deployment, by default of the new task definition. */
export const primaryDeployment = (
  rolloutState: Deployment['rolloutState'],
  more: Deployment = {},
): Deployment => ({
  id: 'ecs-svc/2',
  status: 'PRIMARY',
  taskDefinition: NEW_DEFINITION,
  rolloutState,
  desiredCount: 1,
  createdAt: dateAt(10),
  ...more,
});
export const service = (...deployments: Deployment[]): EcsService => ({
  serviceName: 'web',
  status: 'ACTIVE',
  deployments,
});
export const BREAKER_MESSAGE = 'ECS deployment circuit breaker: tasks failed to start.';
