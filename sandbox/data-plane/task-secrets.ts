/** Reads the secrets of a task, as ECS does before it pulls the images, and the credentials for private registries. */
import type { ContainerDefinition, Secret } from '@aws-sdk/client-ecs';
import type { TaskDefinitionRow, TaskRow } from '../aws/ecs/store.ts';
import { secretValueOf } from '../aws/secretsmanager/values.ts';
import { parameterArn, selectVersion } from '../aws/ssm/names.ts';
import { Refusal } from '../protocol/refusal.ts';
import { durations } from '../world/durations.ts';
import type { Region } from '../world/region.ts';
import { serviceError, type RoleDenial } from './execution-role.ts';
import { jsonMember } from './json-member.ts';
import { decryptDenial } from './key-access.ts';
import { CannotStartTaskError, obstacleOf, SIGN_IN } from './preflight.ts';

/** The variables that hold the secrets of each container, by the container's name. */
export type TaskSecrets = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** The context of one start. */
interface Start {
  readonly region: Region;
  readonly denial: RoleDenial;
  /** What prevents the task from reaching the internet, if anything. */
  readonly obstacle: string | undefined;
}

/**
 * Reads the secrets of all containers with the permissions of the execution role.
 * @throws CannotStartTaskError with ECS's reason: the secret or its JSON key is missing, the role may not read it, or the task
 *   has no way to the service
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
 */
export function fetchSecrets(
  region: Region,
  task: TaskRow,
  { containerDefinitions = [] }: Pick<TaskDefinitionRow, 'containerDefinitions'>,
  denial: RoleDenial,
): TaskSecrets {
  const usesSecrets = containerDefinitions.some(
    ({ secrets = [], repositoryCredentials }) => secrets.length > 0 || repositoryCredentials,
  );
  if (!usesSecrets) return new Map();
  const start = { region, denial, obstacle: obstacleOf(region, task) };
  const references = containerDefinitions.flatMap(({ secrets = [] }) =>
    secrets.map(({ valueFrom = '' }) => valueFrom),
  );
  const parameters = readParameters(start, [...new Set(references.filter((one) => !isSecretArn(one)))]);
  const valueOf = ({ valueFrom = '' }: Secret): string =>
    isSecretArn(valueFrom) ? readSecret(start, valueFrom) : (parameters.get(valueFrom) ?? '');
  const values = new Map(
    containerDefinitions.map(({ name = '', secrets = [] }) => [
      name,
      Object.fromEntries(secrets.map((secret) => [secret.name ?? '', valueOf(secret)])),
    ]),
  );
  for (const definition of containerDefinitions) checkRegistryCredentials(start, definition);
  return values;
}

const isSecretArn = (reference: string): boolean => /^arn:[\w-]+:secretsmanager:/.test(reference);

const FAILED = `${SIGN_IN} execution resource retrieval failed:`;

/** Reads parameters by name or ARN. */
function readParameters({ region, denial, obstacle }: Start, names: readonly string[]): Map<string, string> {
  if (names.length === 0) return new Map();
  const failed = (retries: number, why: string) =>
    `${FAILED} unable to retrieve secrets from ssm: service call has been retried ${retries} time(s): ${why}`;
  if (obstacle !== undefined)
    throw new CannotStartTaskError(
      failed(
        5,
        `RequestCanceled: request context canceled caused by: context deadline exceeded (sandbox: ${obstacle})`,
      ),
      { retryMs: durations.signInTimeout },
    );
  const deny = (denied: string | undefined) => {
    if (denied === undefined) return;
    throw new CannotStartTaskError(
      failed(1, `AccessDeniedException: ${denied} status code: 400, request id: ${region.uuid()}`),
    );
  };
  for (const name of names) deny(denial('ssm:GetParameters', arnOfParameter(region, name)));
  const invalid: string[] = [];
  const values = new Map<string, string>();
  for (const name of names) {
    const selected = refusalOr(() => selectVersion(region, name));
    if (selected instanceof Refusal) {
      invalid.push(name);
      continue;
    }
    const { version } = selected;
    deny(decryptDenial(region, denial, version.keyId));
    values.set(name, version.value);
  }
  if (invalid.length > 0)
    throw new CannotStartTaskError(failed(1, `invalid ssm parameters: ${invalid.join(',')}`));
  return values;
}

/** Returns the ARN that IAM compares with policies: it lacks the version or the label of a reference. */
function arnOfParameter(region: Region, reference: string): string {
  const [, arn] = /^(arn:[^:]+:ssm:[^:]*:[^:]*:parameter\/[^:]+)/.exec(reference) ?? [];
  return arn ?? parameterArn(region, reference.replace(/:.*$/, ''));
}

/** The parts of a reference to a secret: `<ARN>` or `<ARN>:<JSON key>:<stage>:<version>`, with empty parts allowed. */
function parseSecretReference(reference: string) {
  const parts = reference.split(':');
  const [key, stage, version] = parts.slice(7).map((part) => (part === '' ? undefined : part));
  const isWellFormed = parts.length === 7 || parts.length === 10;
  return isWellFormed ? { arn: parts.slice(0, 7).join(':'), key, stage, version } : undefined;
}

function readSecret(start: Start, reference: string): string {
  const parsed = parseSecretReference(reference);
  const failed = (why: string) =>
    new CannotStartTaskError(
      `${FAILED} unable to retrieve secret from asm: service call has been retried 1 time(s): ${why}`,
    );
  if (!parsed)
    throw failed(
      `trying to retrieve secret with value ${reference} resulted in error: an invalid ARN format for the AWS Secrets Manager secret was specified. Specify a valid ARN and try again.`,
    );
  const { arn, key, stage, version } = parsed;
  const value = secretString(start, arn, { stage, version }, (why) =>
    failed(`failed to fetch secret ${arn} from secrets manager: ${why}`),
  );
  if (key === undefined) return value;
  const member = jsonMember(value, key);
  if ('error' in member) throw failed(member.error);
  return member.value;
}

/** The version of a secret that a reference selects. */
interface Selected {
  readonly stage?: string | undefined;
  readonly version?: string | undefined;
}

/** @param failed makes the error from the reason that Secrets Manager gives */
function secretString(
  { region, denial, obstacle }: Start,
  arn: string,
  { stage, version }: Selected,
  failed: (why: string) => CannotStartTaskError,
): string {
  const call = 'operation error Secrets Manager: GetSecretValue,';
  if (obstacle !== undefined)
    throw new CannotStartTaskError(
      `${SIGN_IN} unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager. Check your task network configuration. failed to fetch secret ${arn} from secrets manager: ${call} https response error StatusCode: 0, RequestID: , canceled, context deadline exceeded (sandbox: ${obstacle})`,
      { retryMs: durations.signInTimeout },
    );
  const error = (text: string) => failed(serviceError(region, 'Secrets Manager', 'GetSecretValue', text));
  const denied = denial('secretsmanager:GetSecretValue', arn);
  if (denied !== undefined) throw error(`api error AccessDeniedException: ${denied}`);
  const found = refusalOr(() =>
    secretValueOf(region, { SecretId: arn, VersionStage: stage, VersionId: version }),
  );
  if (found instanceof Refusal) throw error(`${found.code}: ${found.message}`);
  if (decryptDenial(region, denial, found.secret.kmsKeyId) !== undefined)
    throw error('api error AccessDeniedException: Access to KMS is not allowed');
  return found.version.string ?? '';
}

/** Checks that the credentials for a registry can be read, and have a name and a password. */
function checkRegistryCredentials(start: Start, { repositoryCredentials }: ContainerDefinition): void {
  const arn = repositoryCredentials?.credentialsParameter;
  if (arn === undefined) return;
  const failed = (why: string) =>
    new CannotStartTaskError(
      `${FAILED} unable to get registry auth from asm: service call has been retried 1 time(s): ${why}`,
    );
  const value = secretString(start, arn, {}, (why) =>
    failed(`asm fetching secret from the service for ${arn}: ${why}`),
  );
  for (const key of ['username', 'password']) {
    const member = jsonMember(value, key);
    if ('error' in member || member.value === '')
      throw failed(`asm fetching authorization data: empty ${key} (sandbox: ${arn})`);
  }
}

/** Returns the result, or the refusal that was thrown. */
function refusalOr<T>(read: () => T): T | Refusal {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
