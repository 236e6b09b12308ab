/** Checks the values of secrets before a deployment: the members of JSON that ECS will read must exist. No value is kept. */
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { Aws } from '../lib/aws/clients.ts';
import { isAccessDenied, messageOf } from '../lib/aws/errors.ts';
import type { Config, Container, Service } from '../lib/config/config.ts';
import { parseSecretReference } from '../lib/config/secret-reference.ts';
import { isElsewhere, secretsOfService } from '../lib/derive/secrets.ts';
import { waitForSiblings } from '../lib/engine/concurrent.ts';
import type { Change } from '../lib/model/change.ts';
import { awsCommand, type Run } from '../lib/run/run.ts';
import { badSecrets, pathOfSecret, type BadSecret } from './secrets.ts';

/** The run as this check needs it. */
interface ValueContext {
  readonly aws: Pick<Aws, 'secretsmanager'>;
  readonly config: Config;
  readonly run: Pick<Run, 'region' | 'endpoint' | 'report'>;
}

/** One use of a secret, and the members that its value must have. */
interface Use {
  readonly service: Service;
  readonly container: Container;
  readonly variable: string;
  readonly reference: string;
  readonly keys: readonly string[];
}

/** The members that ECS reads from the credentials for a registry. */
const CREDENTIALS = ['username', 'password'];

/** Returns the names of the services whose task definitions a plan registers. */
export const deployedServicesIn = (changes: readonly Change[]): ReadonlySet<string> =>
  new Set(
    changes.filter(({ noun, verb }) => noun === 'taskDefinitions' && verb !== 'remove').map(({ key }) => key),
  );

/**
 * Checks the secrets of all services that the plan deploys. Only values of which ECS reads a member are read. One that the caller may
 * not read is reported in a note.
 * @throws SECRET with every value that is not JSON or lacks a member
 */
export async function checkSecretValues(context: ValueContext, changes: readonly Change[]): Promise<void> {
  const deployed = deployedServicesIn(changes);
  const uses = context.config.services
    .filter(({ name }) => deployed.has(name))
    .flatMap((service) => secretsOfService(service).map((secret) => ({ service, ...secret })))
    .map((use): Use => ({ ...use, keys: keysOf(use.variable, use.reference) }))
    .filter(({ keys, reference }) => keys.length > 0 && !isElsewhere(reference, context.config.region));
  const checked = await waitForSiblings(uses.map((use) => checkUse(context, use)));
  const bad = checked.flatMap((one) => one ?? []);
  if (bad.length > 0) throw badSecrets(bad);
}

function keysOf(variable: string, reference: string): readonly string[] {
  if (variable === 'registryCredentials') return CREDENTIALS;
  const key = parseSecretReference(reference)?.key;
  return key === undefined ? [] : [key];
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html */
async function checkUse(
  { aws, run }: ValueContext,
  { service, container, variable, reference, keys }: Use,
): Promise<BadSecret | undefined> {
  const {
    id: SecretId,
    label: VersionStage,
    versionId: VersionId,
  } = parseSecretReference(reference) ?? { id: reference };
  let why: string | undefined;
  try {
    const read = await aws.secretsmanager(new GetSecretValueCommand({ SecretId, VersionStage, VersionId }));
    why = faultOf(read.SecretString, keys);
  } catch (error) {
    if (!isAccessDenied(error)) throw error;
    run.report({ type: 'note', text: `the value of ${SecretId} was not checked: ${messageOf(error)}` });
  }
  if (why === undefined) return undefined;
  return {
    path: pathOfSecret(service, container, variable),
    why: `The value of the secret ${SecretId} ${why}.`,
    // The new value replaces all members of the old one.
    fix: `${awsCommand(run, `aws secretsmanager put-secret-value --secret-id ${SecretId} --secret-string file://FILE`)}, where FILE is a JSON object with ${keys.join(' and ')} and all other members`,
  };
}

/** Returns what is wrong with a value, without repeating any of it. */
function faultOf(text: string | undefined, keys: readonly string[]): string | undefined {
  if (text === undefined) return 'is binary, so that ECS cannot read a key from it';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is not a JSON object';
  const missing = keys.filter((key) => !Object.hasOwn(value, key));
  return missing.length === 0 ? undefined : `lacks the JSON key ${missing.join(' and ')}`;
}
