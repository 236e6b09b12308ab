/** The checks of the secrets in a container definition. ECS looks the secrets up only when a task starts. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { clientError } from './errors.ts';

/**
 * Checks the secrets of a container, and its credentials for a registry.
 * @throws ClientException without an execution role, or if two variables have the same name
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html
 */
export function checkContainerSecrets(
  { secrets, repositoryCredentials, environment = [] }: ContainerDefinition,
  { hasExecutionRole }: { readonly hasExecutionRole: boolean },
): void {
  if (secrets?.length && !hasExecutionRole)
    throw clientError(
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    );
  if (repositoryCredentials && !hasExecutionRole)
    throw clientError(
      'Private repository authentication requires that the task definition specify a value for executionRoleArn.',
    );
  const names = new Set(environment.map(({ name }) => name));
  for (const { name, valueFrom } of secrets ?? []) {
    if (!name || !valueFrom)
      throw clientError('Secret.name and Secret.valueFrom should not be null or empty.');
    if (names.has(name))
      throw clientError(
        `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${name}'.`,
      );
    names.add(name);
  }
}
