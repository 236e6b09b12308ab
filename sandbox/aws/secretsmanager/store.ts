/** The table of Secrets Manager in one region. */
import type { Tag } from '@aws-sdk/client-secrets-manager';
import { Table, type Kind } from '../../world/table.ts';

/** One version of a secret. It has either a string or bytes. */
export interface SecretVersionRow {
  id: string;
  string?: string | undefined;
  binary?: Uint8Array | undefined;
  /** The staging labels. A version without labels is deprecated. */
  stages: string[];
  createdAt: Date;
}

export interface SecretRow {
  name: string;
  arn: string;
  description?: string | undefined;
  /** The customer's key; undefined for the key that AWS manages. */
  kmsKeyId?: string | undefined;
  /** The oldest version first. A secret may have none. */
  versions: SecretVersionRow[];
  tags: Tag[];
  createdAt: Date;
  changedAt: Date;
  /** The day of the last read, without its time. */
  accessedAt?: Date | undefined;
  /** The time at which the deletion was requested; undefined for a secret that is not scheduled for deletion. */
  deletedAt?: Date | undefined;
}

/** A secret in its recovery window still exists, but is not counted. */
const SECRET: Kind<SecretRow> = { isInCensus: ({ deletedAt }) => deletedAt === undefined, lag: 'none' };

export const secretsManagerStore = () => ({
  /** Keyed by name. */
  secrets: new Table<SecretRow>(SECRET),
});
