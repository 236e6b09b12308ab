/** ECS's client, loaded with its first call. */
export { ECSClient } from '@aws-sdk/client-ecs';
