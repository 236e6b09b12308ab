/** The versions of a secret's value: adding one, moving staging labels, and selecting one. */
import type { SecretRow, SecretVersionRow } from './store.ts';
import type { Region } from '../../world/region.ts';
import {
  invalidSecretParameter,
  markedForDeletion,
  secretNotFound,
  secretVersionNotFound,
  stageNotFound,
  stageOfOtherVersion,
  tokenInUse,
} from './errors.ts';

export const CURRENT = 'AWSCURRENT';
export const PREVIOUS = 'AWSPREVIOUS';

/**
 * Returns the secret with the given name or ARN. An ARN may lack the six random characters at its end.
 * @throws ResourceNotFoundException
 */
export function secretOf(region: Region, id = ''): SecretRow {
  const { secrets } = region.secretsmanager;
  const secret = id.startsWith('arn:')
    ? (secrets.find(({ arn }) => arn === id) ?? secrets.find(({ arn }) => arn.replace(/-\w{6}$/, '') === id))
    : secrets.get(id);
  if (!secret) throw secretNotFound();
  return secret;
}

/** Returns a secret that is not scheduled for deletion. @throws ResourceNotFoundException, InvalidRequestException */
export function activeSecretOf(region: Region, id: string | undefined): SecretRow {
  const secret = secretOf(region, id);
  if (secret.deletedAt) throw markedForDeletion();
  return secret;
}

/** A value in a request. */
export interface GivenValue {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

export const hasValue = ({ SecretString, SecretBinary }: GivenValue): boolean =>
  SecretString !== undefined || SecretBinary !== undefined;

/** @throws InvalidParameterException if a request contains a string and bytes */
export function checkOneValue({ SecretString, SecretBinary }: GivenValue): void {
  if (SecretString !== undefined && SecretBinary !== undefined)
    throw invalidSecretParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
}

/** Whether a version has the value of a request. */
export const hasSameValue = ({ string, binary }: SecretVersionRow, given: GivenValue): boolean =>
  string === given.SecretString && Buffer.from(binary ?? []).equals(Buffer.from(given.SecretBinary ?? []));

/** Moves a staging label to a version. The version that loses AWSCURRENT becomes AWSPREVIOUS. */
export function moveStage(secret: SecretRow, stage: string, to: SecretVersionRow | undefined): void {
  const from = secret.versions.find(({ stages }) => stages.includes(stage));
  if (from === to) return;
  if (from) from.stages = from.stages.filter((one) => one !== stage);
  to?.stages.push(stage);
  if (stage === CURRENT && from) moveStage(secret, PREVIOUS, from);
}

/**
 * Adds a version. A request that was sent before changes nothing.
 * @param stages the staging labels of the version
 * @throws ResourceExistsException if the token belongs to a version with another value
 */
export function addSecretVersion(
  region: Region,
  secret: SecretRow,
  value: GivenValue,
  token: string | undefined,
  stages: readonly string[] = [CURRENT],
): SecretVersionRow {
  const existing = secret.versions.find(({ id }) => id === token);
  if (existing && !hasSameValue(existing, value)) throw tokenInUse(token ?? '', secret.arn);
  const version = existing ?? {
    id: token ?? region.uuid(),
    string: value.SecretString,
    binary: value.SecretBinary,
    stages: [],
    createdAt: region.now(),
  };
  if (!existing) secret.versions.push(version);
  for (const stage of stages) moveStage(secret, stage, version);
  secret.changedAt = region.now();
  return version;
}

/** The version that a request selects; by default the current one. */
interface Selection {
  readonly SecretId?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly VersionStage?: string | undefined;
}

/**
 * Returns the selected version of a secret, and records the day of the read.
 * @throws ResourceNotFoundException, InvalidRequestException
 */
export function secretValueOf(
  region: Region,
  { SecretId, VersionId, VersionStage }: Selection,
): { secret: SecretRow; version: SecretVersionRow } {
  const secret = activeSecretOf(region, SecretId);
  const stage = VersionStage ?? CURRENT;
  const version = secret.versions.find(({ id, stages }) =>
    VersionId === undefined ? stages.includes(stage) : id === VersionId,
  );
  if (!version) throw VersionId === undefined ? stageNotFound(stage) : secretVersionNotFound(VersionId);
  if (VersionStage !== undefined && !version.stages.includes(VersionStage)) throw stageOfOtherVersion();
  const now = region.now().getTime();
  secret.accessedAt = new Date(now - (now % 86_400_000));
  return { secret, version };
}
