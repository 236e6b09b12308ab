/** Secrets: created, changed, scheduled for deletion and restored. */
import type * as SecretsManager from '@aws-sdk/client-secrets-manager';
import type { Operations } from '../../operations.ts';
import type { Events, Region } from '../../world/region.ts';
import {
  invalidSecretName,
  invalidSecretParameter,
  nameScheduledForDeletion,
  secretExists,
  secretNotFound,
} from './errors.ts';
import type { SecretRow } from './store.ts';
import { mergedSecretTags } from './tags.ts';
import {
  activeSecretOf,
  addSecretVersion,
  checkOneValue,
  hasSameValue,
  hasValue,
  secretOf,
} from './values.ts';
import { Refusal } from '../../protocol/refusal.ts';

const DAY_MS = 86_400_000;
const DEFAULT_WINDOW_DAYS = 30;
/** The key that encrypts secrets by default. AWS manages it, and does not show it. */
const DEFAULT_KEY_ALIAS = 'alias/aws/secretsmanager';

const isSecretName = (name: string): boolean => /^[\w/+=.@!-]{1,512}$/.test(name);

/** The alphabet of the characters at the end of an ARN. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Returns the ARN of a new secret, which ends in six random letters. */
function newArn(region: Region, name: string): string {
  const digits = region.id('s', 12).slice(2);
  const suffix = Array.from({ length: 6 }, (_, index) => {
    const byte = parseInt(digits.slice(index * 2, index * 2 + 2), 16);
    return LETTERS[byte % LETTERS.length];
  });
  return region.arn('secretsmanager', `secret:${name}-${suffix.join('')}`);
}

const identityOf = ({ arn, name }: SecretRow) => ({ ARN: arn, Name: name });

/** Returns the secret, or undefined if there is none. */
function secretIfFound(region: Region, id: string | undefined): SecretRow | undefined {
  try {
    return secretOf(region, id);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

export const secretOperations = {
  CreateSecret: {
    inputMembers: [
      'Name',
      'ClientRequestToken',
      'Description',
      'KmsKeyId',
      'SecretBinary',
      'SecretString',
      'Tags',
      'ForceOverwriteReplicaSecret',
    ],
    run(input, region) {
      const name = input.Name ?? '';
      if (!isSecretName(name)) throw invalidSecretName();
      checkOneValue(input);
      const existing = region.secretsmanager.secrets.get(name);
      if (existing?.deletedAt) throw nameScheduledForDeletion();
      const repeated = existing?.versions.find(({ id }) => id === input.ClientRequestToken);
      if (existing && repeated && hasSameValue(repeated, input))
        return { ...identityOf(existing), VersionId: repeated.id };
      if (existing) throw secretExists(name);
      const now = region.now();
      const secret: SecretRow = {
        name,
        arn: newArn(region, name),
        description: input.Description,
        kmsKeyId: input.KmsKeyId || undefined,
        versions: [],
        tags: mergedSecretTags([], input.Tags),
        createdAt: now,
        changedAt: now,
      };
      region.secretsmanager.secrets.set(name, secret);
      const version = hasValue(input)
        ? addSecretVersion(region, secret, input, input.ClientRequestToken)
        : undefined;
      return { ...identityOf(secret), VersionId: version?.id };
    },
  },

  UpdateSecret: {
    inputMembers: [
      'SecretId',
      'ClientRequestToken',
      'Description',
      'KmsKeyId',
      'SecretBinary',
      'SecretString',
    ],
    run(input, region) {
      const secret = activeSecretOf(region, input.SecretId);
      checkOneValue(input);
      const version = hasValue(input)
        ? addSecretVersion(region, secret, input, input.ClientRequestToken)
        : undefined;
      if (input.Description !== undefined) secret.description = input.Description;
      // An empty key means the one that AWS manages.
      if (input.KmsKeyId !== undefined) secret.kmsKeyId = input.KmsKeyId || undefined;
      secret.changedAt = region.now();
      return { ...identityOf(secret), VersionId: version?.id };
    },
  },

  DeleteSecret: {
    inputMembers: ['SecretId', 'RecoveryWindowInDays', 'ForceDeleteWithoutRecovery'],
    run(input, region) {
      const { RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: isForced } = input;
      if (isForced && days !== undefined)
        throw invalidSecretParameter(
          "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        );
      if (days !== undefined && (days < 7 || days > 30))
        throw invalidSecretParameter(
          'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
        );
      const secret = secretIfFound(region, input.SecretId);
      const now = region.now();
      if (isForced) {
        if (secret) remove(region, secret);
        return { ...(secret ? identityOf(secret) : { Name: input.SecretId }), DeletionDate: now };
      }
      if (!secret) throw secretNotFound();
      const window = (days ?? DEFAULT_WINDOW_DAYS) * DAY_MS;
      secret.deletedAt ??= now;
      region.forget('secretsmanager:window-ended', secret.arn);
      // The window is real time at every pace, so that users can restore a secret.
      region.after(0, 'secretsmanager:window-ended', secret.arn, window);
      return { ...identityOf(secret), DeletionDate: new Date(now.getTime() + window) };
    },
  },

  RestoreSecret: {
    inputMembers: ['SecretId'],
    run(input, region) {
      const secret = secretOf(region, input.SecretId);
      region.forget('secretsmanager:window-ended', secret.arn);
      secret.deletedAt = undefined;
      return identityOf(secret);
    },
  },

  DescribeSecret: {
    inputMembers: ['SecretId'],
    run(input, region) {
      const secret = secretOf(region, input.SecretId);
      return { ...secretView(secret), VersionIdsToStages: stagesByVersion(secret) };
    },
  },
} satisfies Operations<typeof SecretsManager>;

function remove(region: Region, secret: SecretRow): void {
  region.forget('secretsmanager:window-ended', secret.arn);
  region.secretsmanager.secrets.delete(secret.name);
}

/** Returns the properties that descriptions and lists of secrets have in common. */
export const secretView = (secret: SecretRow) => ({
  ...identityOf(secret),
  Description: secret.description,
  KmsKeyId: secret.kmsKeyId === DEFAULT_KEY_ALIAS ? undefined : secret.kmsKeyId,
  LastChangedDate: secret.changedAt,
  LastAccessedDate: secret.accessedAt,
  DeletedDate: secret.deletedAt,
  Tags: secret.tags,
  CreatedDate: secret.createdAt,
});

/** The versions with staging labels; deprecated ones are not shown. */
export const stagesByVersion = ({ versions }: SecretRow): Record<string, string[]> | undefined => {
  const entries = versions
    .filter(({ stages }) => stages.length > 0)
    .map(({ id, stages }) => [id, [...stages]]);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Record<string, string[]>);
};

/** The end of a recovery window. */
export const recoveryWindowEvents: Events = {
  'secretsmanager:window-ended': (region, arn) => {
    const secret = region.secretsmanager.secrets.find((one) => one.arn === arn);
    if (secret?.deletedAt) remove(region, secret);
  },
};
