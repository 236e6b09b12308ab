/** Formats the secrets of a stack, and says which containers use them. Pure. */
import type { ParameterMetadata } from '@aws-sdk/client-ssm';
import type { Config } from '../lib/config/config.ts';
import type { Names } from '../lib/derive/names.ts';
import { ownSecretName, ownSecretsIn, secretsOfService } from '../lib/derive/secrets.ts';
import type { SecretRecord } from '../lib/run/secret-results.ts';

type Stack = { readonly config: Config; readonly names: Pick<Names, 'secretPath'> };

/** Returns the containers that use a secret, as `<service>.<container>`. */
export const usersOf = ({ config, names }: Stack, secret: string): string[] => [
  ...new Set(
    config.services.flatMap((service) =>
      secretsOfService(service)
        .filter(({ reference }) => ownSecretName(reference, names.secretPath) === secret)
        .map(({ container }) => `${service.name}.${container.name}`),
    ),
  ),
];

/** Returns a record of each secret, and of each that the configuration needs but does not exist; sorted by name. */
export function secretRecords(stack: Stack, parameters: readonly ParameterMetadata[]): SecretRecord[] {
  const { config, names } = stack;
  const stored = parameters.map(({ Name = '', Version, LastModifiedDate }) => ({
    name: Name.slice(names.secretPath.length),
    version: Version ?? null,
    modified: LastModifiedDate?.toISOString() ?? null,
  }));
  const missing = ownSecretsIn(config, names.secretPath)
    .filter((name) => !stored.some((one) => one.name === name))
    .map((name) => ({ name, version: null, modified: null }));
  return [...stored, ...missing]
    .map((one) => ({ ...one, parameter: `${names.secretPath}${one.name}`, usedBy: usersOf(stack, one.name) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** One line per secret: its name, its version, when it was stored, and who uses it. */
export function listText(records: readonly SecretRecord[], secretPath: string): string {
  if (records.length === 0) return `There are no secrets below ${secretPath}.`;
  const width = Math.max(...records.map(({ name }) => name.length));
  return records
    .map(({ name, version, modified, usedBy }) => {
      const state = version === null ? 'missing' : `version ${version}`;
      const date = modified === null ? '' : modified.slice(0, 16).replace('T', ' ');
      const users = usedBy.length === 0 ? 'not used' : `used by ${usedBy.join(', ')}`;
      return `${name.padEnd(width)}  ${state.padEnd(10)}  ${date.padEnd(16)}  ${users}`;
    })
    .join('\n');
}

/**
 * Says what to do with a stored secret: refer to it, or start tasks with the new value.
 * @param provisionCommand the command that provisions the stack
 */
export function storedText(
  { name, parameter, version, usedBy }: SecretRecord,
  provisionCommand: string,
): string {
  const next =
    usedBy.length === 0
      ? `Refer to it in a container: secrets: { ${name}: 'ssm:${parameter}' }`
      : `Used by ${usedBy.join(', ')}. To start tasks with the value: ${provisionCommand}`;
  return `${parameter} has version ${version ?? ''}. ${next}`;
}
