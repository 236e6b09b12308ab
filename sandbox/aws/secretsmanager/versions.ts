/** The values of secrets: stored, read, listed by version, and moved between staging labels. */
import type * as SecretsManager from '@aws-sdk/client-secrets-manager';
import type { Operations } from '../../operations.ts';
import type { SecretRow, SecretVersionRow } from './store.ts';
import { invalidSecretParameter, invalidSecretRequest, secretVersionNotFound } from './errors.ts';
import {
  activeSecretOf,
  addSecretVersion,
  checkOneValue,
  CURRENT,
  hasValue,
  moveStage,
  secretOf,
  secretValueOf,
} from './values.ts';
import { secretsPage } from './paging.ts';

/** @throws ResourceNotFoundException */
function versionWithId(secret: SecretRow, id: string | undefined): SecretVersionRow | undefined {
  if (id === undefined) return undefined;
  const version = secret.versions.find((one) => one.id === id);
  if (!version) throw secretVersionNotFound(id);
  return version;
}

export const secretVersionOperations = {
  PutSecretValue: {
    inputMembers: ['SecretId', 'ClientRequestToken', 'SecretBinary', 'SecretString', 'VersionStages'],
    run(input, region) {
      const secret = activeSecretOf(region, input.SecretId);
      checkOneValue(input);
      if (!hasValue(input))
        throw invalidSecretRequest('You must provide either SecretString or SecretBinary.');
      const stages = input.VersionStages?.length ? input.VersionStages : [CURRENT];
      const version = addSecretVersion(region, secret, input, input.ClientRequestToken, stages);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.id,
        VersionStages: [...version.stages],
      };
    },
  },

  GetSecretValue: {
    inputMembers: ['SecretId', 'VersionId', 'VersionStage'],
    run(input, region) {
      const { secret, version } = secretValueOf(region, input);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.id,
        SecretString: version.string,
        SecretBinary: version.binary as Uint8Array<ArrayBuffer> | undefined,
        VersionStages: [...version.stages],
        CreatedDate: version.createdAt,
      };
    },
  },

  ListSecretVersionIds: {
    inputMembers: ['SecretId', 'MaxResults', 'NextToken', 'IncludeDeprecated'],
    run(input, region) {
      const secret = secretOf(region, input.SecretId);
      const shown = secret.versions.filter(({ stages }) => input.IncludeDeprecated || stages.length > 0);
      const { rows, next } = secretsPage(shown, input.MaxResults, input.NextToken);
      return {
        ARN: secret.arn,
        Name: secret.name,
        Versions: rows.map(({ id, stages, createdAt }) => ({
          VersionId: id,
          VersionStages: [...stages],
          CreatedDate: createdAt,
          KmsKeyIds: [secret.kmsKeyId ?? 'DefaultEncryptionKey'],
        })),
        NextToken: next,
      };
    },
  },

  UpdateSecretVersionStage: {
    inputMembers: ['SecretId', 'VersionStage', 'RemoveFromVersionId', 'MoveToVersionId'],
    run(input, region) {
      const secret = activeSecretOf(region, input.SecretId);
      const { VersionStage: stage = '', RemoveFromVersionId: from, MoveToVersionId: to } = input;
      const [source, destination] = [versionWithId(secret, from), versionWithId(secret, to)];
      const holder = secret.versions.find(({ stages }) => stages.includes(stage));
      if (stage === CURRENT && !destination)
        throw invalidSecretParameter(
          `You can only move staging label ${CURRENT} to a different secret version. It can’t be completely removed.`,
        );
      if (holder && holder !== destination && !source)
        throw invalidSecretParameter(
          `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
        );
      if (source && holder !== source)
        throw invalidSecretParameter(
          `Staging label ${stage} isn't currently attached to version ${source.id}. It is currently attached to ${holder?.id ?? 'no version'}.`,
        );
      moveStage(secret, stage, destination);
      secret.changedAt = region.now();
      return { ARN: secret.arn, Name: secret.name };
    },
  },
} satisfies Operations<typeof SecretsManager>;
