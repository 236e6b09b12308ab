/** Derives from the secrets of a stack the references in task definitions, and the permissions of the execution role. Pure. */
import { containersOf, type Config, type Container, type Service } from '../config/config.ts';
import { parseSecretReference } from '../config/secret-reference.ts';
import type { Items } from '../model/resources.ts';
import { keyArnPattern, parameterArnOf, secretArnOf, type Location } from './arns.ts';
import { partitionOf } from './partitions.ts';

/** A secret as AWS describes it, without its value. */
export interface ResolvedSecret {
  /** The full ARN. */
  readonly arn: string;
  /** The number of the newest version of a parameter, or the id of the current version of a secret. */
  readonly version: string;
  /** The key of the customer that encrypts the value; undefined for a key that AWS manages. */
  readonly keyId?: string | undefined;
}

/** The secrets that could be resolved, under their references in the configuration. */
export type ResolvedSecrets = Items<ResolvedSecret>;

/** Returns every reference to a secret in a configuration, each once. */
export const secretReferencesIn = (config: Config): string[] => [
  ...new Set(
    containersOf(config).flatMap(({ secrets, registryCredentials }) => [
      ...Object.values(secrets),
      ...(registryCredentials === undefined ? [] : [registryCredentials]),
    ]),
  ),
];

/** Returns a reference as ECS spells it: the name of a parameter, or an ARN with the parts after it. */
export function valueFromOf(
  reference: string,
  resolved: ResolvedSecrets | undefined,
  location: Location,
): string {
  const parsed = parseSecretReference(reference);
  if (!parsed) return reference;
  const { service, id, key = '', label = '', versionId = '' } = parsed;
  // ECS accepts the name of a parameter in the region of the task.
  if (service === 'ssm') return label === '' ? id : `${id}:${label}`;
  const arn = resolved?.get(reference)?.arn ?? (id.startsWith('arn:') ? id : secretArnOf(location, id));
  return key === '' && label === '' && versionId === '' ? arn : `${arn}:${key}:${label}:${versionId}`;
}

/** Whether a reference selects a version, so that a newer value does not concern it. */
export function selectsVersion(reference: string): boolean {
  const { service, label, versionId } = parseSecretReference(reference) ?? {};
  return versionId !== undefined || (service === 'ssm' && label !== undefined);
}

/** One statement of the execution policy. */
interface SecretStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: string;
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Returns the permissions to read exactly the secrets of a configuration, and to use the customer's keys that encrypt them.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export function secretStatements(
  config: Config,
  resolved: ResolvedSecrets | undefined,
  location: Location,
): SecretStatement[] {
  const references = secretReferencesIn(config);
  const of = (service: string) =>
    references.filter((reference) => parseSecretReference(reference)?.service === service);
  const parameters = of('ssm').map((reference) => {
    const id = parseSecretReference(reference)?.id ?? '';
    // An emulator of AWS may not know the ARN, and the look then returns the id.
    const found = resolved?.get(reference)?.arn ?? id;
    return found.startsWith('arn:') ? found : parameterArnOf(location, id);
  });
  const secrets = of('secretsmanager').map((reference) => secretResource(reference, resolved, location));
  return [
    statement('Parameters', 'ssm:GetParameters', parameters),
    statement('Secrets', 'secretsmanager:GetSecretValue', secrets),
    ...keyStatements(references, resolved, location),
  ].flatMap((one) => (one.Resource.length > 0 ? [one] : []));
}

const statement = (Sid: string, Action: string, resources: readonly string[]): SecretStatement => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource: [...new Set(resources)].sort(),
});

/**
 * Returns the ARN of a secret. An ARN without its random end, which AWS also accepts, needs a pattern. A name has no such end, even if
 * it looks like one: `shop-secret`.
 */
function secretResource(
  reference: string,
  resolved: ResolvedSecrets | undefined,
  location: Location,
): string {
  const id = parseSecretReference(reference)?.id ?? '';
  const arn = resolved?.get(reference)?.arn ?? (id.startsWith('arn:') ? id : undefined);
  if (arn === undefined) return `${secretArnOf(location, id)}-??????`;
  return /-\w{6}$/.test(arn) ? arn : `${arn}-??????`;
}

/** The keys of customers: by their ARNs, or by their aliases, since IAM compares policies with keys only. */
function keyStatements(
  references: readonly string[],
  resolved: ResolvedSecrets | undefined,
  location: Location,
): SecretStatement[] {
  const found = references.flatMap((reference) => resolved?.get(reference)?.keyId ?? []);
  const keyIds = [...new Set(found)].filter((keyId) => !keyId.startsWith('alias/aws/'));
  const aliases = keyIds.flatMap((keyId) => /alias\/.*$/.exec(keyId)?.[0] ?? []);
  const keys = keyIds
    .filter((keyId) => !keyId.includes('alias/'))
    .map((keyId) => (keyId.startsWith('arn:') ? keyId : keyArnPattern(location, keyId)));
  return [
    statement('Keys', 'kms:Decrypt', keys),
    ...[...new Set(aliases)].sort().map((alias, index) => ({
      ...statement(`Alias${index + 1}`, 'kms:Decrypt', [keyArnPattern(location, '*')]),
      // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-resource-aliases
      Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } },
    })),
  ];
}

/** Returns the secrets that a service uses, with the variable of each. */
export const secretsOfService = (
  service: Service,
): { container: Container; variable: string; reference: string }[] =>
  service.containers.flatMap((container) => [
    ...Object.entries(container.secrets).map(([variable, reference]) => ({ container, variable, reference })),
    ...(container.registryCredentials === undefined
      ? []
      : [{ container, variable: 'registryCredentials', reference: container.registryCredentials }]),
  ]);

/** Returns the name of a secret of the stack itself, such as `DATABASE_URL`; undefined for a secret outside of its path. */
export function ownSecretName(reference: string, secretPath: string): string | undefined {
  const { service, id = '' } = parseSecretReference(reference) ?? {};
  const name = id.startsWith(secretPath) ? id.slice(secretPath.length) : '';
  return service === 'ssm' && /^[\w.-]+$/.test(name) ? name : undefined;
}

/** Returns the names of the stack's own secrets that its containers use, each once. */
export const ownSecretsIn = (config: Config, secretPath: string): string[] => [
  ...new Set(secretReferencesIn(config).flatMap((reference) => ownSecretName(reference, secretPath) ?? [])),
];

/** Returns the region of a reference; undefined for a name, which is in the region of the stack. */
export const regionOfReference = (reference: string): string | undefined =>
  /^arn:[\w-]+:[\w-]+:([\w-]+):/.exec(parseSecretReference(reference)?.id ?? '')?.[1];

/** Returns the account in an ARN; undefined for a name. */
export const accountIn = (id: string): string | undefined => /^arn:(?:[\w-]+:){3}(\d{12}):/.exec(id)?.[1];

/** Whether a secret is in another region or partition, where the clients of the stack do not look. */
export const isElsewhere = (reference: string, region: string): boolean => {
  const other = regionOfReference(reference);
  return other !== undefined && (other !== region || partitionOf(other).id !== partitionOf(region).id);
};
