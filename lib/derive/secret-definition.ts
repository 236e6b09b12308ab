/** The secrets in a task definition: what a container gets from them, and the fields for a comparison. Pure. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Container } from '../config/config.ts';
import type { Location } from './arns.ts';
import { selectsVersion, valueFromOf, type ResolvedSecrets } from './secrets.ts';

/** The parts of a task definition that depend on what AWS says about the secrets. */
export interface SecretParts {
  /** Returns a reference to a secret as ECS spells it. */
  readonly valueFromOf: (reference: string) => string;
  /**
   * Returns the version of a secret, if it is known.
   * @param container the name of the container that uses it
   * @param variable the variable that gets its value
   */
  readonly versionOf: (reference: string, container: string, variable: string) => string | undefined;
}

export const secretParts = (secrets: ResolvedSecrets | undefined, location: Location): SecretParts => ({
  valueFromOf: (reference) => valueFromOf(reference, secrets, location),
  versionOf: (reference) => secrets?.get(reference)?.version,
});

/** The field with the version of a secret, such as `api.secret version.DATABASE_URL`. */
export const SECRET_VERSION = 'secret version';
/** The prefix of the Docker labels that record the versions of secrets. */
const VERSION_LABEL = 'slipway.secret.';

/**
 * Returns the members of a container definition for its secrets. ECS reads secrets only when a task starts, so that a new version
 * needs a new revision: a Docker label records the version of each secret. It is no secret, and does not depend on the value.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
 */
export const secretMembers = (
  container: Container,
  parts: SecretParts,
): Pick<ContainerDefinition, 'secrets' | 'dockerLabels' | 'repositoryCredentials'> => ({
  // ECS refuses an empty list in some definitions.
  secrets: undefinedIfEmpty(
    Object.entries(container.secrets).map(([name, reference]) => ({
      name,
      valueFrom: parts.valueFromOf(reference),
    })),
  ),
  dockerLabels: undefinedIfEmpty(versionLabels(container, parts)),
  repositoryCredentials:
    container.registryCredentials === undefined
      ? undefined
      : { credentialsParameter: parts.valueFromOf(container.registryCredentials) },
});

const undefinedIfEmpty = <T extends object>(value: T): T | undefined =>
  Object.keys(value).length === 0 ? undefined : value;

const versionLabels = ({ name, secrets }: Container, { versionOf }: SecretParts): Record<string, string> =>
  Object.fromEntries(
    Object.entries(secrets).flatMap(([variable, reference]) => {
      const version = selectsVersion(reference) ? undefined : versionOf(reference, name, variable);
      return version === undefined ? [] : [[`${VERSION_LABEL}${variable}`, version]];
    }),
  );

/** Returns the secrets as fields: where each is, and the version that was current at the registration. */
export function secretFields(definition: ContainerDefinition): Record<string, string> {
  const { name: container = '', secrets = [], dockerLabels = {}, repositoryCredentials } = definition;
  const credentials = repositoryCredentials?.credentialsParameter;
  const versions = Object.entries(dockerLabels).filter(([label]) => label.startsWith(VERSION_LABEL));
  return {
    [`${container}.secrets`]: secrets
      .map(({ name = '' }) => name)
      .sort()
      .join(', '),
    [`${container}.registry credentials`]: credentials ?? '',
    ...Object.fromEntries(
      secrets.map(({ name = '', valueFrom = '' }) => [`${container}.secrets.${name}`, valueFrom]),
    ),
    ...Object.fromEntries(
      versions.map(([label, version]) => [
        `${container}.${SECRET_VERSION}.${label.slice(VERSION_LABEL.length)}`,
        version,
      ]),
    ),
  };
}
